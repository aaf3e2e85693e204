import { describe, expect, test } from "vitest";
import { readSessionCost } from "./session-cost.ts";

describe("what a session has cost", () => {
  test.each([
    ["Total cost:            $0.4004\nTotal duration (API):  0s", 0.4004],
    ["Estimated cost:        $12.30\nUsage by model:\n  claude-opus: ($12.30)", 12.3],
    ["Total cost:            $1,204.50", 1_204.5],
    ["Total cost:            $0.0000", 0],
  ])("is read out of the CLI's words: %j", (text, usd) => {
    expect(readSessionCost({ text })).toBe(usd);
  });

  test("is taken exactly where it is told exactly", () => {
    expect(readSessionCost({ session: { total_cost_usd: 0.40040000000000003 } })).toBe(0.40040000000000003);
  });

  test("is unknown where it is not told", () => {
    expect(readSessionCost({ text: "Nothing of the kind" })).toBeNull();
    expect(readSessionCost({})).toBeNull();
  });
});
