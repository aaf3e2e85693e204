import type { TriageDecision } from "@steward/contract/turns";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { TurnSource } from "@steward/schema/enums";
import type { TurnRecord } from "../turns/turn-record.ts";
import type { TurnRepository } from "../turns/turn-repository.ts";
import type { Classifier } from "./classifier.ts";
import type { Verdict } from "./classifier-process.ts";
import { readDecision } from "./decision.ts";

/** Decides who answers a message, before its turn is taken up. A message never waits longer than the time limit. */
export interface TriageDesk {
  /** A turn has been queued: begins judging it, if its chat wants that. */
  consider(turn: TurnRecord): void;
  /** It is being judged: it waits, and so does what came after it. */
  isJudging(turnId: string): boolean;
  /** The light model when the turn was found to be light, else null. */
  lightModel(turn: TurnRecord): string | null;
  /** Makes ready for the first message. */
  warm(): void;
  stop(): Promise<void>;
}

/** A message goes to the main session when nothing is known by then. */
export const TRIAGE_TIMEOUT_MS = 3_000;
/** Longer ones are work. */
const LONGEST_CHARACTERS = 4_000;
/**
 * Above this a light answer is not light: the other model reads the whole conversation anew, uncached, which costs more
 * than the main model's next turn.
 */
const LARGEST_CONTEXT_TOKENS = 40_000;
/** Doors at which a person writes. */
const JUDGED_SOURCES: readonly TurnSource[] = ["telegram", "gateway", "web", "cli"];

export const createTriageDesk = (deps: {
  classifier: Pick<Classifier, "classify" | "warm" | "stop">;
  /** What light turns are answered by. */
  model: string;
  turns: Pick<TurnRepository, "setTriage">;
  /** What judging it has cost does not stand in the turn's row: that had ended by then, could not be written, or the verdict came too late. */
  wasted: (turn: TurnRecord, decision: TriageDecision) => void;
  isWanted: (turn: TurnRecord) => boolean;
  /** How much a chat's conversation holds by now. */
  contextTokens: (turn: TurnRecord) => number;
  /** The decision stands in the turn's row. */
  decided: (turn: TurnRecord, decision: TriageDecision) => void;
  clock: Clock;
  log: Logger;
}): TriageDesk => {
  const { clock, log } = deps;
  const judging = new Set<string>();

  const isEligible = (turn: TurnRecord): boolean =>
    // A second attempt, and a turn that was judged before a restart, go where they went.
    turn.attempt === 0 &&
    turn.triage === null &&
    JUDGED_SOURCES.includes(turn.source) &&
    turn.prompt.length <= LONGEST_CHARACTERS &&
    !turn.prompt.startsWith("/") &&
    turn.fileIds.length === 0 &&
    deps.isWanted(turn);

  const judge = (turn: TurnRecord, verdict: Verdict | null, ms: number): TriageDecision => {
    const facts = { model: verdict?.model ?? null, ms: Math.round(ms), costUsd: verdict?.costUsd ?? 0 };
    const main = { ...facts, label: "main" as const, command: null };
    if (verdict === null) return { ...main, problem: "no_verdict" };
    if (verdict.label === null) return { ...main, problem: "unreadable" };
    if (verdict.label === "status") return { ...facts, label: "command", command: "status", problem: null };
    if (verdict.label === "light" && deps.contextTokens(turn) > LARGEST_CONTEXT_TOKENS) {
      return { ...main, problem: "large_context" };
    }
    return { ...main, label: verdict.label, problem: null };
  };

  const run = async (turn: TurnRecord): Promise<void> => {
    const startedMs = clock.monotonicMs();
    const verdict = await deps.classifier.classify(turn.prompt, TRIAGE_TIMEOUT_MS, (costUsd) =>
      deps.wasted(turn, { ...judge(turn, null, TRIAGE_TIMEOUT_MS), costUsd }),
    );
    const decision = judge(turn, verdict, clock.monotonicMs() - startedMs);
    try {
      if (!deps.turns.setTriage(turn.id, JSON.stringify(decision))) deps.wasted(turn, decision);
    } catch (error) {
      log.warn({ err: error, turnId: turn.id }, "the triage of a turn could not be written down");
      deps.wasted(turn, decision);
    }
    judging.delete(turn.id);
    log.info({ turnId: turn.id, ...decision }, "turn triaged");
    deps.decided(turn, decision);
  };

  return {
    consider: (turn) => {
      if (!isEligible(turn)) return;
      judging.add(turn.id);
      run(turn).catch((error: unknown) => {
        log.error({ err: error, turnId: turn.id }, "triage failed");
        judging.delete(turn.id);
      });
    },
    isJudging: (turnId) => judging.has(turnId),
    lightModel: ({ triage }) => (readDecision(triage)?.label === "light" ? deps.model : null),
    warm: () => deps.classifier.warm(),
    stop: () => deps.classifier.stop(),
  };
};
