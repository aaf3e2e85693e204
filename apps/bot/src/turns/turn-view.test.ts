import type { TurnEvent, TurnEventBody } from "@steward/contract/turn-events";
import { describe, expect, test } from "vitest";
import { applyTurnEvent, createTurnView, type TurnView, toStatusView } from "./turn-view.ts";

const TURN = "0193f0a2-7c11-7000-8000-00000000002a";

const received = (): TurnView =>
  createTurnView({
    turnId: TURN,
    botId: "42",
    chatId: "1",
    threadId: "",
    state: "received",
    language: "en",
    receivedAt: 1_000,
    startedAt: null,
    queuePosition: null,
    held: false,
    replyToMessageId: 7,
    placeholderId: null,
    text: "",
    tools: [],
    approvals: [],
  });

const after = (view: TurnView, ...bodies: TurnEventBody[]): TurnView =>
  bodies.reduce(
    (last, body) => applyTurnEvent(last, { v: 1, turnId: TURN, at: 2_000, ...body } as TurnEvent),
    view,
  );

describe("applyTurnEvent", () => {
  test("a queued turn has a place until it starts", () => {
    const queued = after(received(), { type: "queued", position: 2, held: true });
    expect(queued).toMatchObject({ state: "queued", queuePosition: 2, held: true });
    expect(after(queued, { type: "started", start: "warm" })).toMatchObject({
      state: "running",
      queuePosition: null,
      held: false,
      startedAt: 2_000,
    });
  });

  test("text grows by offset, and an event seen twice changes nothing", () => {
    const once = after(
      received(),
      { type: "text", offset: 0, text: "Hel" },
      { type: "text", offset: 3, text: "lo" },
    );
    expect(once.text).toBe("Hello");
    expect(after(once, { type: "text", offset: 3, text: "lo" })).toEqual(once);
    expect(after(once, { type: "text", offset: 0, text: "Hey" }).text).toBe("Hey");
  });

  test("what waits for the person is told until it is settled, and once only", () => {
    const asked = {
      type: "approval_requested",
      approvalId: "018f0000-0000-7000-8000-0000000000a1",
      kind: "tool",
      toolUseId: "t1",
      toolName: "Bash",
      summary: "mkdir made",
      text: "mkdir made",
      isCut: false,
      diff: null,
      reason: null,
      rule: null,
      questions: null,
      inputHash: "h",
      expiresAt: 0,
    } as const;
    const waiting = after(received(), { type: "started", start: "warm" }, asked, asked);
    expect(toStatusView(waiting, 5_000)).toMatchObject({
      state: "waiting_for_approval",
      note: "👉 The question has buttons; or reply to it in your own words.",
    });
    expect(createTurnView(waiting).activity).toBe("waiting_for_approval");
    const { approvalId } = asked;
    const settled = after(waiting, {
      type: "approval_resolved",
      approvalId,
      state: "allowed",
      decision: "once",
      decidedBy: "owner",
    });
    expect(toStatusView(settled, 5_000)).toMatchObject({ state: "working", note: null });
  });

  test("tools are listed once, in order, and marked when they end", () => {
    const view = after(
      received(),
      { type: "tool_started", toolUseId: "a", name: "Bash", summary: "ls", parentToolUseId: null },
      { type: "tool_started", toolUseId: "a", name: "Bash", summary: "ls", parentToolUseId: null },
      { type: "tool_started", toolUseId: "b", name: "Read", summary: "x.ts", parentToolUseId: null },
      { type: "tool_finished", toolUseId: "a", isError: true, durationMs: 5 },
    );
    expect(view.tools.map(({ toolUseId, finished, isError }) => ({ toolUseId, finished, isError }))).toEqual([
      { toolUseId: "a", finished: true, isError: true },
      { toolUseId: "b", finished: false, isError: false },
    ]);
  });

  test("what it is busy with follows the last thing that happened", () => {
    const activity = (...bodies: TurnEventBody[]) => after(received(), ...bodies).activity;
    const tool = {
      type: "tool_started",
      toolUseId: "a",
      name: "Bash",
      summary: "ls",
      parentToolUseId: null,
    } as const;
    expect(activity()).toBe("starting");
    expect(activity({ type: "queued", position: 1, held: false })).toBe("queued");
    expect(activity({ type: "started", start: "fresh" })).toBe("thinking");
    expect(activity(tool)).toBe("working");
    expect(activity(tool, { type: "text", offset: 0, text: "x" })).toBe("writing");
    expect(activity({ type: "compacting" })).toBe("compacting");
  });

  test("a queued turn without a place in the queue is about to start", () => {
    expect(createTurnView({ ...received(), state: "queued" }).activity).toBe("starting");
    expect(createTurnView({ ...received(), state: "queued", queuePosition: 2 }).activity).toBe("queued");
    expect(createTurnView({ ...received(), state: "queued", held: true }).activity).toBe("queued");
  });

  test("trouble with the model is told until something comes", () => {
    const retrying = {
      type: "retrying",
      attempt: 2,
      maxRetries: 5,
      delayMs: 10,
      reason: "overloaded",
    } as const;
    expect(after(received(), retrying).retry).toEqual({ attempt: 2, maxRetries: 5, delayMs: 10 });
    expect(after(received(), retrying, { type: "text", offset: 0, text: "x" }).retry).toBeNull();
  });

  test("a snapshot taken in the middle of a turn shows the same as its events would", () => {
    const running = { ...received(), state: "running" as const, startedAt: 5_000, text: "so far" };
    expect(createTurnView(running)).toMatchObject({ activity: "writing", ended: false });
    expect(createTurnView({ ...running, state: "delivering" }).ended).toBe(true);
    expect(toStatusView(createTurnView(running), 47_000)).toMatchObject({
      state: "writing",
      elapsedMs: 42_000,
    });
  });

  test("an event of a later version is ignored", () => {
    const view = received();
    const unknown = { v: 1, turnId: TURN, at: 2, type: "hologram" } as unknown as TurnEvent;
    expect(applyTurnEvent(view, unknown)).toBe(view);
  });

  test("the final event ends the view and leaves the shown text alone", () => {
    const view = after(
      received(),
      { type: "text", offset: 0, text: "part" },
      {
        type: "final",
        state: "done",
        text: "the whole answer",
        errorCode: null,
        usage: null,
      },
    );
    expect(view).toMatchObject({ ended: true, text: "part" });
  });
});
