import type { CliExit } from "@steward/claude/cli-driver";
import type { TurnResult } from "@steward/claude/cli-event";
import type { ErrorCode } from "@steward/contract/errors";
import type { TurnJournal } from "../turns/turn-journal.ts";
import { outcomeOfResult, type TurnOutcome } from "../turns/turn-outcome.ts";
import type { TurnSpending } from "../usage/turn-spending.ts";
import type { ActiveTurn } from "./active-turn.ts";
import { describeExit } from "./broken-off.ts";
import type { EndReason } from "./chat-session-deps.ts";
import type { CurrentConversation } from "./current-conversation.ts";
import type { OwnWork } from "./own-work.ts";
import type { SessionNotices } from "./session-notices.ts";
import type { TurnGate } from "./turn-gate.ts";
import type { TurnRun } from "./turn-run.ts";
import type { WaitingTurns } from "./waiting-turns.ts";

export interface HeadSettlerDeps {
  gate: TurnGate;
  journal: TurnJournal;
  waiting: WaitingTurns;
  active: ActiveTurn;
  conversation: CurrentConversation;
  own: Pick<OwnWork, "settledWithoutResult">;
  notices: SessionNotices;
}

/** How the turn at the head of a chat ends: the one that runs, else the one the process is started for. */
export class HeadSettler {
  readonly #deps: HeadSettlerDeps;

  constructor(deps: HeadSettlerDeps) {
    this.#deps = deps;
  }

  /** With the result that the CLI gave; a turn that met a hold before it did anything waits again instead. */
  done(): void {
    const { gate, journal, waiting, conversation, notices } = this.#deps;
    const ended = this.#take();
    if (!ended?.result) return;
    const { run, result, spending } = ended;
    const { turn, turnId, cancelRequested, overspent } = run;
    const verdict = gate.afterResult(notices.chat, turn.record, result);
    if (verdict === "wait" && !cancelRequested && journal.putBack(turn, spending)) {
      run.finish("");
      waiting.putBack(turnId);
      return;
    }
    const outcome = outcomeOfResult(result, run.text);
    if (outcome.state === "done") conversation.trust();
    const stopped = { ...outcome, state: "cancelled", errorCode: run.stopCode } as const;
    if (outcome.state === "done" || (!overspent && !cancelRequested)) this.#settle(run, spending, outcome);
    else this.#settle(run, spending, overspent ? { ...overspent, text: outcome.text } : stopped);
  }

  cancelled(): void {
    const errorCode = this.#deps.active.run?.stopCode ?? "turn_cancelled";
    this.#withoutResult({ state: "cancelled", errorCode });
  }

  /** With the failure that stands noted. Without one there was none: a start that was called off leaves its turn waiting. */
  failed(): void {
    const { active, conversation } = this.#deps;
    if (this.#settledByResult()) return;
    // It hung, also when a person had asked it to stop: it is ended by force.
    if (active.run) conversation.distrust(active.run.cancelRequested ? "stopped" : "killed");
    if (this.#settledAsCancelled()) return;
    const failure = active.failure ?? active.run?.overspent;
    if (failure) this.#withoutResult(failure);
  }

  /** By the end of its session. */
  ended(reason: EndReason | null): void {
    if (this.#settledByResult() || this.#settledAsCancelled()) return;
    if (reason === "shutdown") this.#byPolicy("interrupted_by_restart", null);
    // What runs is ended; what only waits is still to be answered.
    else if (this.#deps.active.run) {
      this.#withoutResult({
        state: "cancelled",
        errorCode: reason === "panic" ? "stopped_by_panic" : "session_reset",
      });
    }
  }

  /** Its process went away under it. */
  exited(exit: CliExit | null): void {
    if (this.#settledByResult()) return;
    // Gone in good order and without a word is the CLI's way of not answering.
    const silently = exit?.reason === "exited" && exit.code === 0;
    this.#deps.conversation.distrust(silently ? "no_answer" : "died");
    this.#byPolicy("cli_exited", exit);
  }

  /** The CLI did nothing: once more in a new session, when nothing can run twice; else that is how it ended. */
  withoutAnswer(): void {
    const { journal, waiting, conversation } = this.#deps;
    const ended = this.#take();
    if (!ended?.result) return;
    conversation.distrust("no_answer");
    const { run, result, spending } = ended;
    const text = run.finish(run.text);
    if (journal.retry(run.turn, "cli_no_answer", spending)) waiting.putBack(run.turnId);
    else journal.settle(run.turn, outcomeOfResult(result, text), spending, run.outgoing);
  }

  /** Its process or service went away under it: by the recovery policy. */
  #byPolicy(reason: ErrorCode, exit: CliExit | null): void {
    if (this.#settledByResult() || this.#settledAsCancelled()) return;
    const ended = this.#take();
    if (!ended) return;
    const { run, spending } = ended;
    const detail = exit ? describeExit(exit) : null;
    const partialText = run.finish(run.text);
    const end = { partialText, reason, detail, outgoing: run.outgoing };
    const fate = this.#deps.journal.recover(run.turn, end, spending);
    if (fate === "requeued") this.#deps.waiting.putBack(run.turnId);
  }

  #withoutResult(outcome: Pick<TurnOutcome, "state" | "errorCode" | "errorParams">): void {
    const whole = { errorDetail: null, ...outcome };
    const ended = this.#take();
    if (ended) {
      this.#settle(ended.run, ended.spending, { ...whole, text: ended.run.text });
      return;
    }
    const turnId = this.#deps.waiting.take();
    if (turnId) this.#deps.journal.settleWaiting(turnId, { ...whole, text: "" });
  }

  /** Every end of a turn that has run comes through here: there is none without what it has cost. */
  #take(): { run: TurnRun; result: TurnResult | null; spending: TurnSpending } | null {
    const ended = this.#deps.active.take();
    // What it costs until its process has gone is booked when that is known.
    if (ended && ended.result === null) this.#deps.own.settledWithoutResult(ended.run.turn.record);
    return ended;
  }

  #settle(run: TurnRun, spending: TurnSpending, outcome: TurnOutcome): void {
    // First: an answer that is too long becomes one of the files that go out.
    const text = run.finish(outcome.text);
    this.#deps.journal.settle(run.turn, { ...outcome, text }, spending, run.outgoing);
  }

  /** A result that was given stands, though the process went before all was tidied up. */
  #settledByResult(): boolean {
    if (!this.#deps.active.hasResult) return false;
    this.done();
    return true;
  }

  /** A turn that a person stopped ends as stopped, however its process went. */
  #settledAsCancelled(): boolean {
    if (!this.#deps.active.run?.cancelRequested) return false;
    this.cancelled();
    return true;
  }
}
