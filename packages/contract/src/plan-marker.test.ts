import { describe, expect, test } from "vitest";
import { confirmsPlan, hidePlanMarker, readPlanMarker } from "./plan-marker.ts";

describe("the mark of a plan", () => {
  test.each([
    "[HARNESS_EXEC_READY]",
    "[harness_exec_ready]",
    "[ HARNESS _ EXEC _ READY ]",
    "\\[HARNESS\\_EXEC\\_READY\\]",
    "**[HARNESS_EXEC_READY]**",
    "[**HARNESS_EXEC_READY**]",
  ])("%j is read and taken out, wherever it stands", (mark) => {
    expect(readPlanMarker(`1. build\n\n${mark}`)).toEqual({ text: "1. build", isPlan: true });
    expect(readPlanMarker(`${mark}\n1. build`)).toEqual({ text: "1. build", isPlan: true });
  });

  test.each(["HARNESS_EXEC_READY", "[HARNESS_EXEC]", "[HARNESS_EXEC_READY", "a [link](x)"])(
    "%j is none",
    (text) => {
      expect(readPlanMarker(text)).toEqual({ text, isPlan: false });
    },
  );

  test("never shows while it is being written", () => {
    const whole = "the plan\n\n**[HARNESS_EXEC_READY]**";
    for (let length = 0; length <= whole.length; length += 1) {
      expect(hidePlanMarker(whole.slice(0, length))).toMatch(/^(?!.*\[)(?!.*HARNESS)/s);
    }
    expect(hidePlanMarker("see [the list] and [this")).toBe("see [the list] and [this");
  });
});

test("a confirmation is one of the agreed words, and nothing more", () => {
  for (const word of ["yes", " OK ", "Go Ahead", "好的", "没问题"]) expect(confirmsPlan(word)).toBe(true);
  for (const word of ["yes please", "no", "", "go on", "好吧"]) expect(confirmsPlan(word)).toBe(false);
});
