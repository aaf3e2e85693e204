import type { TurnEventBody } from "@steward/contract/turn-events";
import { describe, expect, test } from "vitest";
import { createScreen } from "../../test/screen.ts";
import { createTurnView } from "./turn-view.ts";

const usage = null;
const text = (offset: number, words: string) => ({ type: "text", offset, text: words }) as const;
const done = (words: string) =>
  ({ type: "final", state: "done", text: words, errorCode: null, usage }) as const;
const tool = (toolUseId: string, summary: string, parentToolUseId: string | null = null) =>
  ({ type: "tool_started", toolUseId, name: "Bash", summary, parentToolUseId }) as const;
const finished = (toolUseId: string, isError = false) =>
  ({ type: "tool_finished", toolUseId, isError, durationMs: 1_250 }) as const;

function show(
  events: readonly TurnEventBody[],
  ttys: readonly ("stdout" | "stderr")[] = ["stdout", "stderr"],
) {
  const screen = createScreen({ ttys });
  const view = createTurnView(screen.terminal);
  for (const event of events) view.show({ v: 1, turnId: "t", at: 0, ...event });
  return screen;
}

describe("on a terminal", () => {
  test("text appears as it grows", () => {
    expect(show([text(0, "Hel"), text(3, "lo")]).stdout()).toBe("Hello");
  });

  test("a finished answer ends with a line feed, once", () => {
    expect(show([text(0, "Hello"), done("Hello")]).text()).toBe("Hello\n");
    expect(show([text(0, "Hello\n"), done("Hello\n")]).text()).toBe("Hello\n");
  });

  test("a tool stands on a line of its own and gets its outcome there", () => {
    const events = [text(0, "Look:"), tool("a", "date"), finished("a"), text(5, "\n\nNoon."), done("Noon.")];
    expect(show(events).text()).toBe("Look:\n⚙ Bash date … ✓ 1.3 s\nNoon.\n");
  });

  test("of tools at the same time each is told by name when it ends", () => {
    const events = [tool("a", "one"), tool("b", "two", "a"), finished("a"), finished("b", true), done("ok")];
    expect(show(events).text()).toBe(
      "⚙ Bash one …\n  ⚙ Bash two …\n⚙ Bash one ✓ 1.3 s\n  ⚙ Bash two ✗ 1.3 s\nok\n",
    );
  });

  test("a replay after a reconnect changes nothing", () => {
    const first = [text(0, "Hello "), tool("a", "date"), finished("a")];
    const once = show([...first, text(6, "world"), done("world")]).text();
    expect(show([...first, ...first, text(6, "world"), done("world")]).text()).toBe(once);
  });

  test("a block that was begun anew is shown anew, and said to be", () => {
    const events = [text(0, "First. "), text(7, "Wrong way"), text(7, "Right way"), done("Right way")];
    expect(show(events).text()).toBe("First. Wrong way\n↻ begun anew:\nRight way\n");
  });

  test("an answer that differs from what streamed has the last word", () => {
    expect(show([text(0, "abc"), done("xyz")]).text()).toBe("abc\n↻ begun anew:\nxyz\n");
  });

  test("the last block as the answer is not said twice", () => {
    expect(show([text(0, "Thinking aloud.\n\n"), text(17, "42"), done("42")]).text()).toBe(
      "Thinking aloud.\n\n42\n",
    );
  });

  test("what the agent sends is named with its place, below the answer", () => {
    const file = {
      ...({ id: "0193f0a2-7c11-7000-8000-0000000000f1", direction: "out", name: "plan\u001b.pdf" } as const),
      ...{ mediaType: "application/pdf", bytes: 2_048, path: "outbox/sent/plan.pdf" },
    };
    const final = { ...done("Here."), files: [file] };
    expect(show([final]).text()).toBe(
      "Here.\n📎 A file for you: plan␛.pdf (2.0 kB), in the workspace at outbox/sent/plan.pdf\n",
    );
  });

  test("a failure does not repeat the text that stands there already", () => {
    const told = "Claude Code ended.\n\nWhat was done so far:\n\nHalf an ans";
    const failed = { type: "final", state: "failed", text: told, errorCode: "cli_exited", usage } as const;
    expect(show([text(0, "Half an ans"), failed]).text()).toBe("Half an ans\nClaude Code ended.\n");
  });

  test("thinking is mentioned once until something comes of it", () => {
    const think = { type: "thinking", text: "…" } as const;
    expect(show([think, think, text(0, "a"), think]).text()).toBe("💭 thinking …\na\n💭 thinking …\n");
  });

  test("escape sequences of a model or a tool are shown, not obeyed", () => {
    const { text: shown } = show([text(0, "a\u001b]52;c;eA==\u0007b"), tool("a", "x\u001b[2J\ny"), done("")]);
    expect(shown()).not.toContain("\u001b");
    expect(shown()).not.toContain("\u0007");
    expect(shown()).toContain("a␛]52;c;eA==␇b");
    expect(shown()).toContain("⚙ Bash x␛[2J y");
  });
});

describe("into a pipe", () => {
  test("the answer is written once, at its end, and nothing else", () => {
    const events = [text(0, "Wrong"), tool("a", "date"), finished("a"), text(0, "Right"), done("Right")];
    const screen = show(events, ["stderr"]);
    expect(screen.stdout()).toBe("Right\n");
    expect(screen.stderr()).toBe("⚙ Bash date … ✓ 1.3 s\n");
  });

  test("text is not touched: what the model wrote is what the pipe gets", () => {
    expect(show([done("\u001b[1mbold\u001b[0m\n")], []).stdout()).toBe("\u001b[1mbold\u001b[0m\n");
  });

  test("a failure leaves the pipe empty", () => {
    const failed = { type: "final", state: "failed", text: "No.", errorCode: "x", usage } as const;
    const screen = show([text(0, "Half"), failed], ["stderr"]);
    expect(screen.stdout()).toBe("");
    expect(screen.stderr()).toBe("No.\n");
  });

  test("tools in a log file are one line each, written when they end", () => {
    expect(show([tool("a", "date"), finished("a"), done("x")], ["stdout"]).stderr()).toBe(
      "⚙ Bash date ✓ 1.3 s\n",
    );
  });
});
