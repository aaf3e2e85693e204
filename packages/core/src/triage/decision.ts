import type { TurnUsage } from "@steward/contract/turn-events";
import { type TriageDecision, triageDecisionSchema } from "@steward/contract/turns";
import { onlyCost } from "../usage/expense-book.ts";

/** As it stands in a turn's row; null for none, and for what an older or newer program wrote. */
export const readDecision = (text: string | null): TriageDecision | null => {
  if (text === null) return null;
  const parsed = triageDecisionSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : null;
};

/** What a turn has cost with its triage. A turn that was answered without a model cost only that. */
export const withTriageCost = (usage: TurnUsage | null, triage: string | null): TurnUsage | null => {
  const costUsd = readDecision(triage)?.costUsd ?? 0;
  if (costUsd === 0) return usage;
  const own = usage ?? onlyCost(0);
  return { ...own, costUsd: own.costUsd + costUsd };
};
