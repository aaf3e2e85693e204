import type { CliEvent } from "@steward/claude/cli-driver";

/** How the CLI ends a turn that it took of its own, which no prompt has asked for. */
export const unaskedResult: Extract<CliEvent, { type: "turn_result" }> = {
  type: "turn_result",
  ok: true,
  isError: false,
  subtype: "success",
  text: "",
  errorCode: null,
  numTurns: 1,
  terminalReason: null,
  usage: { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheCreationTokens: 0 },
  costUsd: 0,
  sessionId: "s",
  permissionDenials: [],
  unsolicited: true,
};
