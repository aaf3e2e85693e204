import type { CliEvent, CliExit, CliHost, CliSession } from "@steward/claude/cli-driver";
import { DomainError, type ErrorCode } from "@steward/contract/errors";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import type { SessionState } from "@steward/schema/enums";
import type { ChatRecord, ChatRepository, ConversationRecord } from "../chats/chat-repository.ts";
import type { TurnEventLog } from "../turns/turn-event-log.ts";
import type { TurnJournal } from "../turns/turn-journal.ts";
import { outcomeOfFailure, outcomeOfResult, type TurnOutcome } from "../turns/turn-outcome.ts";
import { describeExit, outcomeOfSilence, silenceLimit } from "./broken-off.ts";
import type { SessionLimits } from "./session-limits.ts";
import type { SessionOpener } from "./session-opener.ts";
import { SessionTimers } from "./session-timers.ts";
import type { Slot, SlotPool } from "./slot-pool.ts";
import { type SessionEffect, type SessionEvent, transition } from "./transition.ts";
import type { TurnGate } from "./turn-gate.ts";
import { TurnRun } from "./turn-run.ts";
import { WaitingTurns } from "./waiting-turns.ts";

export interface ChatSessionDeps {
  opener: SessionOpener;
  chats: ChatRepository;
  journal: TurnJournal;
  events: TurnEventLog;
  slots: SlotPool;
  spawning: SlotPool;
  limits: SessionLimits;
  clock: Clock;
  ids: Ids;
  log: Logger;
  gate: TurnGate;
  /** Ready sessions hand their place on when others wait for one. */
  placeWanted: () => boolean;
}

const NOBODY_TO_ASK = "Denied: this needs a person's approval, and nobody can be asked yet.";

type TurnResult = Extract<CliEvent, { type: "turn_result" }>;

/**
 * The live state of one chat. Everything that happens is an event for the table in transition.ts; this class executes
 * the effects and nothing else. Events raised by an effect wait until the effects before them are done.
 *
 * Invariants: at most one process; at most one turn sent to it; a slot is held exactly while a process may exist.
 */
export class ChatSession {
  readonly chat: ChatRecord;
  readonly #deps: ChatSessionDeps;
  readonly #log: Logger;
  readonly #timers: SessionTimers;
  readonly #waiting: WaitingTurns;
  #state: SessionState;
  #run: TurnRun | null = null;
  #result: TurnResult | null = null;
  #conversation: ConversationRecord | null;
  #cli: CliSession | null = null;
  #exit: CliExit | null = null;
  #slot: Slot | null = null;
  #spawnAbort: AbortController | null = null;
  #start: "warm" | "resumed" | "fresh" = "fresh";
  #failure: TurnOutcome | null = null;
  #endReason: "reset" | "shutdown" | null = null;
  #closing = false;
  #toOutbox = false;
  #model: string | null = null;
  #lastActiveAt: number | null;
  readonly #pendingEvents: SessionEvent[] = [];
  #dispatching = false;
  #restWaiters: (() => void)[] = [];

  constructor(deps: ChatSessionDeps, chat: ChatRecord) {
    this.#deps = deps;
    this.chat = chat;
    this.#timers = new SessionTimers(deps.clock);
    this.#waiting = new WaitingTurns(deps.events);
    this.#conversation = deps.chats.current(chat.id);
    this.#state = this.#conversation?.hasTranscript ? "suspended" : "idle";
    this.#lastActiveAt = this.#conversation?.lastActiveAt ?? null;
    this.#log = deps.log.child({ botId: chat.botId, chatRef: chat.id });
  }

  get state(): SessionState {
    return this.#state;
  }
  get pid(): number | null {
    return this.#cli?.pid ?? null;
  }
  get model(): string | null {
    return this.#model;
  }
  get lastActiveAt(): number | null {
    return this.#lastActiveAt;
  }
  get runningTurnId(): string | null {
    return this.#run?.turnId ?? null;
  }
  get waiting(): readonly string[] {
    return this.#waiting.ids;
  }
  /** A process exists or is being made. */
  get live(): boolean {
    return !["idle", "suspended"].includes(this.#state);
  }
  /** Alive and free: it can be suspended to make room. */
  get evictable(): boolean {
    return this.#state === "ready" && this.#waiting.isEmpty;
  }

  enqueue(turnId: string, toOutbox: boolean): void {
    this.#toOutbox = toOutbox;
    this.#waiting.add(turnId);
    this.wake();
    this.#tellPlaces();
  }

  /** Takes up what waits, when nothing holds it back: after a hold has ended, too. */
  wake(): void {
    if (this.#mayTakeNext()) this.#dispatch({ type: "message" });
  }

  /** Takes a waiting turn out. False when it is not waiting here. */
  withdraw(turnId: string): boolean {
    const removed = this.#waiting.remove(turnId);
    if (removed) this.#tellPlaces();
    return removed;
  }

  /** Takes every turn out that waits behind the head. */
  takeWaiting(): string[] {
    return this.#waiting.takeBehind(this.#headWaits() ? 1 : 0);
  }

  /** The turn that runs, or that the process is being started for. */
  get headTurnId(): string | null {
    return this.#run?.turnId ?? (this.#headWaits() ? this.#waiting.first : null);
  }

  cancel(): void {
    if (this.#run) this.#run.cancelRequested = true;
    this.#dispatch({ type: "cancel" });
    this.#tellPlaces();
  }

  evict(): void {
    this.#dispatch({ type: "evict" });
  }

  /** Ends process and running turn. `shutdown` also stops taking turns. Resolves when no process is left. */
  end(reason: "reset" | "shutdown"): Promise<void> {
    this.#endReason = reason;
    if (reason === "shutdown") this.#closing = true;
    this.#dispatch({ type: "end", transcript: this.#conversation?.hasTranscript ?? false });
    return new Promise((resolve) => {
      if (this.live) this.#restWaiters.push(resolve);
      else resolve();
    });
  }

  /** No further turn is taken up; what runs goes on. */
  close(): void {
    this.#closing = true;
  }

  /** The chat's conversation was changed while no turn of it runs here. */
  useConversation(conversation: ConversationRecord): void {
    this.#conversation = conversation;
  }

  #mayTakeNext(): boolean {
    return !this.#waiting.isEmpty && !this.#closing && this.#deps.gate.heldBy(this.chat) === null;
  }

  #headWaits(): boolean {
    return this.#run === null && !this.#waiting.isEmpty && this.live && this.#state !== "stopping";
  }

  #dispatch(event: SessionEvent): void {
    this.#pendingEvents.push(event);
    if (this.#dispatching) return;
    this.#dispatching = true;
    try {
      for (let next = this.#pendingEvents.shift(); next; next = this.#pendingEvents.shift())
        this.#apply(next);
    } finally {
      this.#dispatching = false;
    }
  }

  #apply(event: SessionEvent): void {
    const before = this.#state;
    const { state, effects, defect } = transition(before, event);
    this.#state = state;
    if (defect) this.#log.error({ event: event.type, state: before }, `session defect: ${defect}`);
    if (state !== before) this.#log.debug({ from: before, to: state, event: event.type }, "session state");
    if (before === "ready" && state !== "ready") this.#timers.cancel("idle");
    for (const effect of effects) this.#execute(effect);
    if (this.#state === "ready" && before !== "ready") this.#becomeReady();
    if (!this.live) for (const resolve of this.#restWaiters.splice(0)) resolve();
  }

  #execute(effect: SessionEffect): void {
    switch (effect) {
      case "spawn":
        void this.#spawn();
        return;
      case "send_prompt":
        this.#sendPrompt();
        return;
      case "settle_done":
        this.#settleDone();
        return;
      case "settle_head_cancelled":
        this.#settleHead({ state: "cancelled", errorCode: "turn_cancelled" });
        return;
      case "settle_head_failed":
        this.#settleHeadFailed();
        return;
      case "settle_head_ended":
        this.#settleHeadEnded();
        return;
      case "settle_by_recovery_policy":
        this.#settleByPolicy("cli_exited");
        return;
      case "interrupt":
        this.#interrupt();
        return;
      case "terminate":
        this.#spawnAbort?.abort(new DomainError("session_reset", "the session ends"));
        void this.#cli?.end("graceful");
        return;
      case "kill":
        void this.#cli?.end("now");
        return;
      case "take_next":
        if (this.#mayTakeNext()) this.#pendingEvents.push({ type: "message" });
    }
  }

  // ---- starting a process

  async #spawn(): Promise<void> {
    const abort = new AbortController();
    this.#spawnAbort = abort;
    let spawnSlot: Slot | null = null;
    try {
      this.#slot = await this.#deps.slots.acquire(abort.signal);
      spawnSlot = await this.#deps.spawning.acquire(abort.signal);
      if (this.#waiting.isEmpty) return this.#gone();
      const { cli, conversation, start, contextLost } = await this.#deps.opener.open(
        this.chat,
        this.#conversation,
        this.#host(),
      );
      // A new conversation may have been started meanwhile; then this process is about to be ended.
      if (!abort.signal.aborted) this.#conversation = conversation;
      if (contextLost && this.#toOutbox) this.#deps.journal.notify(this.chat, "notice.context_lost");
      this.#start = start;
      this.#cli = cli;
      void cli.exited.then((exit) => {
        this.#log.info(
          { pid: cli.pid, code: exit.code, signal: exit.signal, reason: exit.reason },
          "cli exited",
        );
        this.#cli = null;
        this.#exit = exit;
        this.#gone();
      });
      this.#log.info({ pid: cli.pid, start: this.#start }, "session spawned");
      this.#dispatch({ type: "spawned", waiting: this.#mayTakeNext() });
      this.#tellPlaces();
    } catch (error) {
      if (!abort.signal.aborted) {
        this.#log.warn({ err: error }, "session could not be started");
        this.#failure = outcomeOfFailure(error);
      }
      this.#gone();
    } finally {
      spawnSlot?.release();
      if (this.#spawnAbort === abort) this.#spawnAbort = null;
    }
  }

  /** The process is gone, or there never was one. */
  #gone(): void {
    this.#timers.cancel("silence", "idle", "interrupt");
    this.#slot?.release();
    this.#slot = null;
    this.#dispatch({ type: "exit", transcript: this.#conversation?.hasTranscript ?? false });
    this.#failure = null;
    this.#tellPlaces();
  }

  #noteTranscript(exists: boolean): void {
    if (!this.#conversation || this.#conversation.hasTranscript === exists) return;
    this.#deps.chats.markTranscript(this.#conversation.id, exists);
    this.#conversation = { ...this.#conversation, hasTranscript: exists };
  }

  #host(): CliHost {
    return {
      beforeTool: async () => {
        if (this.#run) this.#deps.journal.toolStarts(this.#run.turn);
      },
      // The Sessions issue brings approvals; until then every question is answered by a refusal.
      decideTool: async () => ({ behavior: "deny", message: NOBODY_TO_ASK }),
      onEvent: (event) => this.#onCliEvent(event),
    };
  }

  // ---- a turn

  /**
   * The line is written before the start is committed, so that the CLI works while the disk does. Nothing can come of it
   * before the commit: events arrive later, and no tool runs unless the journal has said yes.
   */
  #sendPrompt(): void {
    const turnId = this.#waiting.take();
    const conversation = this.#conversation;
    const record = turnId ? this.#deps.journal.next(turnId) : null;
    if (!record || !conversation || !this.#cli) {
      // Withdrawn in the same moment: nothing was sent, so nothing is to be waited for.
      this.#pendingEvents.push({ type: "turn_done" });
      return;
    }
    const refusal = this.#deps.gate.refusal(record);
    if (refusal) {
      this.#deps.journal.settleWaiting(record.id, refusal);
      this.#pendingEvents.push({ type: "turn_done" });
      return;
    }
    let failure: unknown = null;
    try {
      this.#cli.sendTurn({ uuid: this.#deps.ids.uuid4(), text: record.prompt });
    } catch (error) {
      this.#log.error({ err: error, turnId }, "the prompt could not be sent");
      failure = error;
    }
    const run = new TurnRun(this.#deps.journal.start(record, conversation.id), this.#deps.events);
    this.#run = run;
    this.#result = null;
    this.#lastActiveAt = this.#deps.clock.now();
    run.begin(this.#start);
    this.#start = "warm";
    if (failure !== null) {
      this.#failure = outcomeOfFailure(failure);
      this.#pendingEvents.push({ type: "stuck" });
      return;
    }
    this.#watchSilence();
  }

  #onCliEvent(event: CliEvent): void {
    if (event.type === "turn_started" && this.#run) {
      this.#noteTranscript(true);
      this.#noteModel(event.model);
    }
    if (event.type === "turn_result") return void this.#onResult(event);
    if (!this.#run) return;
    this.#run.handle(event);
    this.#watchSilence();
  }

  async #onResult(result: TurnResult): Promise<void> {
    if (result.unsolicited) {
      if (result.ok) this.#deps.journal.volunteer(this.chat, result.text, this.#toOutbox);
      return;
    }
    const run = this.#run;
    if (!run) return;
    this.#timers.cancel("silence");
    this.#timers.cancel("interrupt");
    this.#result = result;
    if (run.cancelRequested) {
      // "Stopped" is said when it is true: nothing that the turn started is left.
      const ended = await this.#cli?.endChildren();
      this.#log.info({ turnId: run.turnId, ended }, "turn stopped");
      if (this.#run !== run) return;
    }
    this.#dispatch({ type: "turn_done" });
    this.#tellPlaces();
  }

  #noteModel(model: string): void {
    if (this.#model === model) return;
    this.#model = model;
    if (this.#conversation) this.#deps.chats.setModel(this.#conversation.id, model);
  }

  #interrupt(): void {
    // The turn has already ended and is being tidied up.
    if (this.#result) return;
    this.#timers.cancel("silence");
    this.#timers.set("interrupt", this.#deps.limits.interruptMs, () => this.#dispatch({ type: "stuck" }));
    this.#cli?.interrupt().catch((error: unknown) => {
      this.#log.warn({ err: error }, "interrupt was not acknowledged");
    });
  }

  // ---- settling

  #takeRun(): TurnRun | null {
    const run = this.#run;
    this.#run = null;
    this.#result = null;
    this.#timers.cancel("silence", "idle", "interrupt");
    this.#lastActiveAt = this.#deps.clock.now();
    return run;
  }

  #settleDone(): void {
    const result = this.#result;
    const run = this.#takeRun();
    if (!run || !result) return;
    const outcome = outcomeOfResult(result, run.text);
    const stopped = run.cancelRequested && outcome.state !== "done";
    this.#deps.journal.settle(
      run.turn,
      stopped ? { ...outcome, state: "cancelled", errorCode: "turn_cancelled" } : outcome,
    );
  }

  /** Settles the turn at the head: the one that runs, else the one the process is started for. */
  #settleHead(outcome: Pick<TurnOutcome, "state" | "errorCode" | "errorParams">): void {
    const whole = { errorDetail: null, usage: null, ...outcome };
    const run = this.#takeRun();
    if (run) {
      this.#deps.journal.settle(run.turn, { ...whole, text: run.text });
      return;
    }
    const turnId = this.#waiting.take();
    if (turnId) this.#deps.journal.settleWaiting(turnId, { ...whole, text: "" });
  }

  /** A turn that a person stopped ends as stopped, however its process went. */
  #settleIfCancelled(): boolean {
    if (!this.#run?.cancelRequested) return false;
    this.#settleHead({ state: "cancelled", errorCode: "turn_cancelled" });
    return true;
  }

  #settleHeadFailed(): void {
    if (this.#settleIfCancelled()) return;
    // Without a reason there was no failure: a start that was called off leaves its turn waiting.
    if (this.#failure) this.#settleHead(this.#failure);
  }

  #settleHeadEnded(): void {
    if (this.#settleIfCancelled()) return;
    if (this.#endReason === "shutdown") this.#settleByPolicy("interrupted_by_restart");
    // A reset ends what runs; what only waits is still to be answered.
    else if (this.#run) this.#settleHead({ state: "cancelled", errorCode: "session_reset" });
  }

  #settleByPolicy(reason: ErrorCode): void {
    if (this.#settleIfCancelled()) return;
    const run = this.#takeRun();
    if (!run) return;
    const detail = reason === "cli_exited" && this.#exit ? describeExit(this.#exit) : null;
    const fate = this.#deps.journal.recover(run.turn, { partialText: run.text, reason, detail });
    if (fate === "requeued") this.#waiting.putBack(run.turnId);
  }

  // ---- timers

  #watchSilence(): void {
    this.#timers.cancel("silence");
    const run = this.#run;
    if (!run || run.cancelRequested) return;
    const limit = silenceLimit(run.phase, this.#deps.limits);
    this.#timers.set("silence", limit.ms, () => {
      this.#log.warn({ turnId: run.turnId, ...limit }, "silence limit ran out");
      this.#failure = outcomeOfSilence(run.text, limit);
      this.#dispatch({ type: "stuck" });
    });
  }

  #becomeReady(): void {
    this.#timers.set("idle", this.#deps.limits.idleTimeoutMs, () => {
      this.#log.info({ idleTimeoutMs: this.#deps.limits.idleTimeoutMs }, "session idle, suspending");
      this.evict();
    });
    if (this.#pendingEvents.length === 0 && this.evictable && this.#deps.placeWanted()) {
      this.#pendingEvents.push({ type: "evict" });
    }
  }

  /** The head of a starting session is on its way, not waiting. */
  #tellPlaces(): void {
    this.#waiting.tellPlaces(this.#headWaits() ? 1 : 0);
  }
}
