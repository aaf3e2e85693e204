import { POLICIES } from "@steward/contract/policies";
import { describe, expect, test } from "vitest";
import { POLICY_CONTROLS, POLICY_GROUPS, type ShownPolicy } from "./policy-controls.ts";
import { fromText, toText } from "./policy-text.ts";

const NAMES = Object.keys(POLICY_CONTROLS) as ShownPolicy[];

describe("a policy's field", () => {
  test.each(NAMES)("shows the initial value of %s and reads it back as it was", (name) => {
    const control = POLICY_CONTROLS[name];
    const { initial, schema } = POLICIES[name];
    if (control.kind === "switch") return expect(typeof initial).toBe("boolean");
    if (control.kind === "choice") {
      for (const value of control.values) expect(schema.safeParse(value).success).toBe(true);
      return expect(control.values).toContain(initial);
    }
    expect(fromText(control, toText(control, initial))).toEqual({ value: initial });
  });

  test.each(NAMES)("is empty for %s exactly where nothing is a value", (name) => {
    const control = POLICY_CONTROLS[name];
    if (control.kind !== "number" && control.kind !== "text") return;
    expect(POLICIES[name].schema.safeParse(null).success).toBe(control.none !== undefined);
  });

  test("stands in exactly one group", () => {
    expect(Object.values(POLICY_GROUPS).flat().toSorted()).toEqual(NAMES.toSorted());
  });

  test("is read with a decimal comma, in its own unit, and not when it is no number", () => {
    expect(fromText({ kind: "number", unit: "usd" }, " 1,5 ")).toEqual({ value: 1.5 });
    expect(fromText({ kind: "number", unit: "minutes", scale: 60_000 }, "0.1")).toEqual({ value: 6_000 });
    expect(fromText({ kind: "number", unit: "usd" }, "much")).toEqual({ problem: "no_number" });
    expect(fromText({ kind: "number", unit: "usd" }, "")).toEqual({ problem: "empty" });
    expect(fromText({ kind: "lines" }, " a \n\n b")).toEqual({ value: ["a", "b"] });
  });
});
