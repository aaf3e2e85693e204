import type { CliExit } from "@steward/claude/cli-driver";
import type { ErrorCode } from "@steward/contract/errors";
import type { ChatRecord } from "../chats/chat-repository.ts";
import type { TurnJournal } from "../turns/turn-journal.ts";
import { outcomeOfResult, type TurnOutcome } from "../turns/turn-outcome.ts";
import type { ActiveTurn } from "./active-turn.ts";
import { describeExit } from "./broken-off.ts";
import type { EndReason } from "./chat-session.ts";
import type { CurrentConversation } from "./current-conversation.ts";
import type { TurnGate } from "./turn-gate.ts";
import type { WaitingTurns } from "./waiting-turns.ts";

/** How the turn at the head of a chat ends: the one that runs, else the one the process is started for. */
export class HeadSettler {
  readonly #chat: ChatRecord;
  readonly #gate: TurnGate;
  readonly #journal: TurnJournal;
  readonly #waiting: WaitingTurns;
  readonly #active: ActiveTurn;
  readonly #conversation: CurrentConversation;

  constructor(deps: {
    chat: ChatRecord;
    gate: TurnGate;
    journal: TurnJournal;
    waiting: WaitingTurns;
    active: ActiveTurn;
    conversation: CurrentConversation;
  }) {
    this.#chat = deps.chat;
    this.#gate = deps.gate;
    this.#journal = deps.journal;
    this.#waiting = deps.waiting;
    this.#active = deps.active;
    this.#conversation = deps.conversation;
  }

  /** With the result that the CLI gave; a turn that met a hold before it did anything waits again instead. */
  done(): void {
    const ended = this.#active.take();
    if (!ended?.result) return;
    const { turn, turnId, cancelRequested } = ended.run;
    const verdict = this.#gate.afterResult(this.#chat, turn.record, ended.result);
    if (verdict === "wait" && !cancelRequested && this.#journal.putBack(turn)) {
      ended.run.finish("");
      this.#waiting.putBack(turnId);
      return;
    }
    const result = outcomeOfResult(ended.result, ended.run.text);
    if (result.state === "done") this.#conversation.trust();
    const outcome = { ...result, text: ended.run.finish(result.text) };
    const { overspent } = ended.run;
    if (overspent && outcome.state !== "done") {
      this.#journal.settle(
        turn,
        { ...overspent, text: outcome.text, usage: outcome.usage },
        ended.run.outgoing,
      );
      return;
    }
    const stopped = ended.run.cancelRequested && outcome.state !== "done";
    this.#journal.settle(
      ended.run.turn,
      stopped ? { ...outcome, state: "cancelled", errorCode: "turn_cancelled" } : outcome,
      ended.run.outgoing,
    );
  }

  cancelled(): void {
    this.#settle({ state: "cancelled", errorCode: "turn_cancelled" });
  }

  /** With the failure that stands noted. Without one there was none: a start that was called off leaves its turn waiting. */
  failed(): void {
    if (this.#settledByResult()) return;
    // It hung, also when a person had asked it to stop: it is ended by force.
    if (this.#active.run) this.#conversation.distrust("killed");
    if (this.#settledAsCancelled()) return;
    const failure = this.#active.failure ?? this.#active.run?.overspent;
    if (failure) this.#settle(failure);
  }

  /** By the end of its session. */
  ended(reason: EndReason | null): void {
    if (this.#settledByResult() || this.#settledAsCancelled()) return;
    if (reason === "shutdown") this.#byPolicy("interrupted_by_restart", null);
    // What runs is ended; what only waits is still to be answered.
    else if (this.#active.run) {
      this.#settle({
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
    this.#conversation.distrust(silently ? "no_answer" : "died");
    this.#byPolicy("cli_exited", exit);
  }

  /** The CLI did nothing: once more in a new session, when nothing can run twice; else that is how it ended. */
  withoutAnswer(): void {
    const ended = this.#active.take();
    if (!ended?.result) return;
    this.#conversation.distrust("no_answer");
    const { turn, turnId } = ended.run;
    const text = ended.run.finish(ended.run.text);
    if (this.#journal.retry(turn, "cli_no_answer")) this.#waiting.putBack(turnId);
    else this.#journal.settle(turn, outcomeOfResult(ended.result, text));
  }

  /** Its process or service went away under it: by the recovery policy. */
  #byPolicy(reason: ErrorCode, exit: CliExit | null): void {
    if (this.#settledByResult() || this.#settledAsCancelled()) return;
    const run = this.#active.take()?.run;
    if (!run) return;
    const detail = exit ? describeExit(exit) : null;
    const partialText = run.finish(run.text);
    const fate = this.#journal.recover(run.turn, { partialText, reason, detail, outgoing: run.outgoing });
    if (fate === "requeued") this.#waiting.putBack(run.turnId);
  }

  #settle(outcome: Pick<TurnOutcome, "state" | "errorCode" | "errorParams">): void {
    const whole = { errorDetail: null, usage: null, ...outcome };
    const run = this.#active.take()?.run;
    if (run) {
      this.#journal.settle(run.turn, { ...whole, text: run.finish(run.text) }, run.outgoing);
      return;
    }
    const turnId = this.#waiting.take();
    if (turnId) this.#journal.settleWaiting(turnId, { ...whole, text: "" });
  }

  /** A result that was given stands, though the process went before all was tidied up. */
  #settledByResult(): boolean {
    if (!this.#active.hasResult) return false;
    this.done();
    return true;
  }

  /** A turn that a person stopped ends as stopped, however its process went. */
  #settledAsCancelled(): boolean {
    if (!this.#active.run?.cancelRequested) return false;
    this.cancelled();
    return true;
  }
}
