import type { TurnSummary } from "@steward/contract/turn-history";

/** A turn that ended well, as lists and traces tell of it. */
export const turnSummary = (more: Partial<TurnSummary> = {}): TurnSummary => ({
  id: "0193f0a2-7c11-7000-8000-00000000002a",
  botId: "123",
  chatId: "42",
  threadId: "",
  source: "telegram",
  state: "done",
  prompt: "sort my downloads",
  errorCode: null,
  tools: 1,
  costUsd: 0.1,
  model: "m",
  parked: false,
  receivedAt: 1_000,
  startedAt: 2_000,
  finishedAt: 3_000,
  ...more,
});
