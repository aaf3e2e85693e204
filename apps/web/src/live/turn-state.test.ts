import type { TurnSnapshot } from "@steward/contract/deliveries";
import type { TurnEvent, TurnEventBody } from "@steward/contract/turn-events";
import { expect, test } from "vitest";
import { applyTurnEvent, type LiveTurn, openTurn } from "./turn-state.ts";

const snapshot: TurnSnapshot = {
  ...{ turnId: "t", botId: "b", chatId: "1", threadId: "", state: "queued", language: "en", receivedAt: 1 },
  ...{ startedAt: null, queuePosition: 2, held: false, replyToMessageId: null, placeholderId: null },
  ...{ text: "", tools: [], approvals: [] },
};
const apply = (turn: LiveTurn, ...events: TurnEventBody[]): LiveTurn =>
  events.reduce(
    (state, event) => applyTurnEvent(state, { v: 1, turnId: "t", at: 5, ...event } as TurnEvent),
    turn,
  );
const tool = (toolUseId: string): TurnEventBody => ({
  ...{ type: "tool_started", toolUseId, name: "Bash", summary: "ls", parentToolUseId: null },
});

test("a turn from its place in the queue to its end", () => {
  const waiting = openTurn(snapshot);
  expect(waiting).toMatchObject({ phase: "waiting", queuePosition: 2 });
  const running = apply(
    waiting,
    { type: "started", start: "warm" },
    { type: "text", offset: 0, text: "Hel" },
  );
  expect(running).toMatchObject({ phase: "running", startedAt: 5, text: "Hel", queuePosition: null });
  const end = apply(running, {
    ...{ type: "final", state: "done", text: "Hello", errorCode: null, usage: null },
  });
  expect(end).toMatchObject({ phase: "ended", text: "Hello" });
});

test("text is addressed: told twice it stands there once, and a correction replaces", () => {
  const turn = apply(
    openTurn(snapshot),
    { type: "text", offset: 0, text: "one two" },
    { type: "text", offset: 3, text: " two" },
    { type: "text", offset: 4, text: "three" },
  );
  expect(turn.text).toBe("one three");
});

test("a step is there once, however often it is told, and tells how it ended", () => {
  const turn = apply(openTurn(snapshot), tool("a"), tool("a"), tool("b"), {
    ...{ type: "tool_finished", toolUseId: "a", isError: true, durationMs: 1_200 },
  });
  expect(turn.tools.map(({ toolUseId, finished, isError }) => [toolUseId, finished, isError])).toEqual([
    ["a", true, true],
    ["b", false, false],
  ]);
});

test("whatever is said or done ends what was said about retrying", () => {
  const retrying = apply(openTurn(snapshot), {
    ...{ type: "retrying", attempt: 1, maxRetries: 10, delayMs: 500, reason: "overloaded" },
  });
  expect(retrying.doing).toEqual({ attempt: 1, maxRetries: 10, reason: "overloaded" });
  expect(apply(retrying, { type: "text", offset: 0, text: "x" }).doing).toBeNull();
});
