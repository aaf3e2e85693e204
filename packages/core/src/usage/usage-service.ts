import type { Usage, UsageRow } from "@steward/contract/usage";
import type { Clock } from "@steward/platform/clock";
import type { UsageFilter, UsageRepository } from "./usage-repository.ts";

export interface UsageService {
  report(query: Partial<UsageFilter> & { by: Usage["by"] }): Usage;
}

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;

/** Midnight UTC of the day that `atMs` lies in. */
export const utcDay = (atMs: number): number => Math.floor(atMs / DAY_MS) * DAY_MS;

export const createUsageService = (deps: { repository: UsageRepository; clock: Clock }): UsageService => ({
  report: ({ by, ...filter }) => {
    // The present moment is part of it.
    const to = filter.to ?? deps.clock.now() + 1;
    const from = filter.from ?? utcDay(to) - (DEFAULT_DAYS - 1) * DAY_MS;
    const rows = deps.repository.by(by, { ...filter, from, to });
    return { from, to, by, rows, total: totalOf(rows) };
  },
});

const totalOf = (rows: readonly UsageRow[]): Usage["total"] => {
  const total = {
    turns: 0,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheCreationTokens: 0,
    costUsd: 0,
  };
  for (const row of rows) {
    total.turns += row.turns;
    total.inputTokens += row.inputTokens;
    total.outputTokens += row.outputTokens;
    total.cacheReadTokens += row.cacheReadTokens;
    total.cacheCreationTokens += row.cacheCreationTokens;
    total.costUsd += row.costUsd;
  }
  // Sums of millionths stay millionths.
  return { ...total, costUsd: Math.round(total.costUsd * 1_000_000) / 1_000_000 };
};
