import type { TurnUsage } from "@steward/contract/turn-events";
import { readDecision } from "../triage/decision.ts";
import { onlyCost } from "./only-cost.ts";

/**
 * What an attempt at a turn has cost. Nothing ends without it: whoever does not know has to say why.
 *
 * `usage`: the CLI's own result. `soFarUsd`: the last figure it gave before the attempt was ended by force.
 * `not_told`: it gave none. `service_died`: what was known stands in the turn's row.
 */
export type TurnSpending =
  | { usage: TurnUsage }
  | { soFarUsd: number }
  | { unknown: "not_told" | "service_died" | "did_not_run" };

/** What a turn's row says of it: the cost of its earlier attempts, and its triage. */
interface SpentBefore {
  costMicroUsd: number | null;
  triage: string | null;
}

/** All that a turn has cost: this attempt, those before it, its triage. Null: it has cost nothing that is known. */
export const totalUsage = (before: SpentBefore, spending: TurnSpending): TurnUsage | null => {
  const extraUsd = usdOf(before.costMicroUsd) + (readDecision(before.triage)?.costUsd ?? 0);
  if ("usage" in spending) return { ...spending.usage, costUsd: sum(spending.usage.costUsd, extraUsd) };
  const costUsd = sum(attemptUsd(spending), extraUsd);
  return costUsd === 0 ? null : onlyCost(costUsd);
};

/** The cost of all attempts up to now, in millionths of a US dollar; what a row says of a turn that has not ended. */
export const spentSoFarMicroUsd = (
  before: Pick<SpentBefore, "costMicroUsd">,
  spending: TurnSpending,
): number => (before.costMicroUsd ?? 0) + Math.round(attemptUsd(spending) * 1_000_000);

const attemptUsd = (spending: TurnSpending): number => {
  if ("usage" in spending) return spending.usage.costUsd;
  return "soFarUsd" in spending ? spending.soFarUsd : 0;
};

const usdOf = (microUsd: number | null): number => (microUsd ?? 0) / 1_000_000;

/** Sums of millionths stay millionths. */
const sum = (a: number, b: number): number => (b === 0 ? a : Math.round((a + b) * 1_000_000) / 1_000_000);
