import type { TurnResult } from "@steward/claude/cli-event";
import type { TurnUsage } from "@steward/contract/turn-events";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import { onlyCost } from "../usage/only-cost.ts";
import type { SideSessions } from "./side-sessions.ts";

/** What came of one question, and what it has cost; `result` is null when nothing was answered in time. */
export interface AsideAnswer {
  result: TurnResult | null;
  /** The model's own name; null = it never began. */
  model: string | null;
  usage: TurnUsage;
}

export interface AsideQuestion {
  model: string;
  systemPrompt: string;
  text: string;
  timeoutMs: number;
  /** Nobody wants the answer any more: the process ends at once. */
  signal: AbortSignal;
  /** The process stands, and the question goes out right after it; what it throws is thrown. */
  sending: () => void;
}

/** How long a process that is to end is asked what it has spent. */
const COST_PATIENCE_MS = 1_000;

/**
 * Asks a process of its own one question, and leaves none behind.
 *
 * @throws what `SideSessions.open` throws: nothing was sent then
 */
export const askAside = async (
  { side, clock, ids }: { side: Pick<SideSessions, "open">; clock: Clock; ids: Ids },
  question: AsideQuestion,
): Promise<AsideAnswer> => {
  let model: string | null = null;
  let settle: (result: TurnResult | null) => void = () => undefined;
  const answer = new Promise<TurnResult | null>((resolve) => {
    settle = resolve;
  });
  const cli = await side.open({ model: question.model, systemPrompt: question.systemPrompt }, (event) => {
    if (event.type === "turn_started") model = event.model;
    else if (event.type === "turn_result") settle(event);
  });
  const over = new AbortController();
  const giveUp = (): void => settle(null);
  const timer = clock.setTimer(question.timeoutMs, giveUp, { unref: true });
  question.signal.addEventListener("abort", giveUp, { once: true });
  void cli.exited.then(giveUp);
  try {
    if (question.signal.aborted) return { result: null, model, usage: onlyCost(0) };
    question.sending();
    cli.sendTurn({ uuid: ids.uuid4(), text: question.text });
    const result = await answer;
    if (result !== null) return { result, model, usage: { ...result.usage, costUsd: result.costUsd } };
    const patience = clock.sleep(COST_PATIENCE_MS, over.signal).catch(() => undefined);
    // It has gone when it does not say.
    const spentUsd = await Promise.race([cli.turnCostUsd().catch(() => null), patience]);
    return { result, model, usage: onlyCost(spentUsd ?? 0) };
  } finally {
    timer.cancel();
    over.abort();
    question.signal.removeEventListener("abort", giveUp);
    await cli.end("now");
  }
};
