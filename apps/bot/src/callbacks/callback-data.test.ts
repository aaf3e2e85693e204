import { describe, expect, test } from "vitest";
import { type ButtonAction, formatCallbackData, parseCallbackData } from "./callback-data.ts";

const TURN = "0193f0a2-7c11-7000-8000-00000000002a";

const ACTIONS: ButtonAction[] = [
  { kind: "stop", turnId: TURN },
  { kind: "retry", turnId: TURN },
  { kind: "continue", turnId: TURN },
  { kind: "resend", fileId: TURN },
  { kind: "advance", turnId: TURN },
  { kind: "drop", turnId: TURN },
  { kind: "confirm_plan", turnId: TURN },
  { kind: "revise_plan", turnId: TURN },
  { kind: "run_edited", messageId: 4_711 },
  { kind: "run_queue" },
  { kind: "drop_queue" },
  { kind: "model", model: "opus[1m]" },
  { kind: "model", model: "eu.anthropic/claude:v1" },
  { kind: "model", model: null },
  { kind: "project", name: "My.App-2" },
  { kind: "project", name: null },
  { kind: "conversation", conversationId: TURN },
];

describe("callback data", () => {
  test.each(ACTIONS)("$kind survives the trip through a button and fits in 64 bytes", (action) => {
    const data = formatCallbackData(action);
    expect(parseCallbackData(data)).toEqual(action);
    expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
  });

  test.each([
    "",
    "s",
    "s:",
    "s:123",
    `y:${TURN}`,
    "e:",
    "e:0",
    "e:1:2",
    `q:${TURN}`,
    `s:${TURN}:more`,
    "m:--help",
    "m:a b",
    "constructor",
    "p:../x",
    "p:a b",
    "v:",
    "v:1",
  ])("%j is nobody's button", (data) => {
    expect(parseCallbackData(data)).toBeNull();
  });
});
