import { translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import type { PolicyService } from "../policies/policy-service.ts";
import type { TurnOutcome } from "../turns/turn-outcome.ts";
import type { TurnRecord } from "../turns/turn-record.ts";
import type { UsageRepository } from "./usage-repository.ts";
import { utcDay } from "./usage-service.ts";

export interface SpendingCaps {
  /**
   * Asked before a prompt goes out. Null: there is room under every cap of a day.
   *
   * @param alsoUsd what is spent and not yet in the books
   */
  refusal(who: Pick<TurnRecord, "chatRef" | "botId" | "language">, alsoUsd?: number): TurnOutcome | null;
  /** What one turn of this chat may cost; null = no limit. */
  perTurnUsd(chat: { id: number; botId: string }): number | null;
  /** How a turn ends that has cost more than that. */
  overspent(spentUsd: number, capUsd: number): TurnOutcome;
}

/**
 * Caps on money. A day's cap of a scope binds what that scope has spent, so several bind at once: a chat's own cap lifts
 * neither its bot's nor that of everything.
 *
 * A spent day refuses instead of waiting: whoever waited would find their prompt run at midnight UTC, unattended, on the
 * next day's money.
 */
export const createSpendingCaps = (deps: {
  policies: Pick<PolicyService, "get" | "ownWords">;
  usage: Pick<UsageRepository, "spentMicroUsd">;
  clock: Clock;
}): SpendingCaps => {
  const { policies, usage, clock } = deps;
  const refused = (
    errorCode: TurnOutcome["errorCode"],
    errorParams: Record<string, string>,
  ): TurnOutcome => ({ state: "failed", text: "", errorCode, errorParams, errorDetail: null });

  return {
    refusal: (record, alsoUsd = 0) => {
      const chat = { id: record.chatRef, botId: record.botId };
      for (const { from, value } of policies.ownWords("maxUsdPerDay", chat)) {
        if (value === null) continue;
        const scope =
          from === "chat" ? { chatRef: record.chatRef } : from === "bot" ? { botId: record.botId } : {};
        const spentUsd = alsoUsd + usage.spentMicroUsd(utcDay(clock.now()), scope) / 1_000_000;
        if (spentUsd < value) continue;
        return refused("budget_exceeded", {
          scope: translate(record.language, `budget.scope.${from}`),
          spent: dollars(spentUsd),
          cap: dollars(value),
        });
      }
      return null;
    },
    perTurnUsd: (chat) => policies.get("maxUsdPerTurn", chat),
    overspent: (spentUsd, capUsd) =>
      refused("budget_exceeded_turn", { spent: dollars(spentUsd), cap: dollars(capUsd) }),
  };
};

/** `$1.50`; small sums with as many places as they need to be seen. */
const dollars = (usd: number): string => `$${usd >= 0.1 || usd === 0 ? usd.toFixed(2) : usd.toFixed(4)}`;
