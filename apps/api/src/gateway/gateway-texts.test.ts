import { describe, expect, test } from "vitest";
import { endText, type FinalEvent } from "./gateway-texts.ts";

const final = (facts: Partial<FinalEvent>): FinalEvent => ({
  v: 1,
  turnId: "t",
  at: 0,
  type: "final",
  state: "failed",
  text: "What the person is told.",
  errorCode: "internal_error",
  usage: null,
  ...facts,
});

describe("what a gateway client is told at the end of a turn", () => {
  test("is the answer, as it is", () => {
    expect(endText(final({ state: "done", text: "The answer", errorCode: null }), null)).toBe("The answer");
  });

  test("is no error when a person stopped it", () => {
    expect(endText(final({ state: "cancelled", errorCode: "turn_cancelled" }), null)).toBe(
      "What the person is told.",
    );
  });

  test.each(["cli_first_event_timeout", "cli_silent", "cli_tool_silent"])(
    "names the time after %s",
    (errorCode) => {
      const turn = { startedAt: 1_000, finishedAt: 64_400, errorDetail: null };
      expect(endText(final({ errorCode }), turn)).toBe(
        "[ERROR] Claude timed out after 63s\nWhat the person is told.",
      );
    },
  );

  test("has the CLI's own last words, cut, when it exited", () => {
    const errorDetail = `Claude exited with code 1\nstderr: ${"x".repeat(2_000)}`;
    const text = endText(final({ state: "interrupted", errorCode: "cli_exited" }), {
      startedAt: 0,
      finishedAt: 1,
      errorDetail,
    });
    expect(text).toMatch(/^\[ERROR\] Claude exited with code 1\nstderr: x+\nWhat the person is told\.$/);
    expect(text.length).toBeLessThan(600);
  });

  test("is marked as an error for everything else that went wrong", () => {
    expect(endText(final({ state: "interrupted", errorCode: "interrupted_by_restart" }), null)).toBe(
      "[ERROR] What the person is told.",
    );
  });
});
