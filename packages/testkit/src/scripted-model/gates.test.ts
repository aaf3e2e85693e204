import { describe, expect, test } from "vitest";
import { createGates } from "./gates.ts";

const patient = new AbortController().signal;

describe("gates", () => {
  test("hold until they are released, and tell that somebody waits", async () => {
    const gates = createGates();
    const held = gates.held("a");
    let passed = false;
    const passing = gates.pass("a", patient).then(() => {
      passed = true;
    });
    await held;
    await gates.held("a");
    expect(passed).toBe(false);
    gates.release("a");
    await passing;
    expect(passed).toBe(true);
  });

  test("released before anybody came, they stay open until reset", async () => {
    const gates = createGates();
    gates.release("a");
    await gates.pass("a", patient);
    gates.reset();
    const held = gates.held("a");
    void gates.pass("a", patient);
    await held;
  });

  test("let those go who hang up", async () => {
    const gates = createGates();
    const caller = new AbortController();
    const passing = gates.pass("a", caller.signal);
    caller.abort(new Error("gone"));
    await expect(passing).rejects.toThrow("gone");
    await expect(gates.pass("a", caller.signal)).rejects.toThrow("gone");
  });

  test("one gate does not open another", async () => {
    const gates = createGates();
    const passing = gates.pass("b", patient).then(() => "passed");
    gates.release("a");
    expect(await Promise.race([passing, Promise.resolve("waits")])).toBe("waits");
  });
});
