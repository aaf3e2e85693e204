import type { TurnUsage } from "@steward/contract/turn-events";

/** A sum without its tokens. */
export const onlyCost = (costUsd: number): TurnUsage => ({
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheCreationTokens: 0,
  costUsd,
});
