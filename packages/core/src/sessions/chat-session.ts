import type { CliPermissionMode } from "@steward/claude/cli-driver";
import type { Logger } from "@steward/platform/logger";
import type { SessionState } from "@steward/schema/enums";
import type { ChatRecord, ConversationRecord } from "../chats/chat-repository.ts";
import { detached } from "../events/detached.ts";
import type { TurnOutcome } from "../turns/turn-outcome.ts";
import { ActiveTurn } from "./active-turn.ts";
import { outcomeOfOutgrown } from "./broken-off.ts";
import type { ChatSessionDeps, EndReason } from "./chat-session-deps.ts";
import { CliListener } from "./cli-listener.ts";
import { CostMeter } from "./cost-meter.ts";
import { CurrentConversation } from "./current-conversation.ts";
import { HeadOfQueue } from "./head-of-queue.ts";
import { HeadSettler } from "./head-settler.ts";
import { OwnWork } from "./own-work.ts";
import { PromptSender } from "./prompt-sender.ts";
import { createSessionHost } from "./session-host.ts";
import { SessionMachine } from "./session-machine.ts";
import { SessionNotices } from "./session-notices.ts";
import type { OpenedSession } from "./session-opener.ts";
import { SessionProcess } from "./session-process.ts";
import { SessionTimers } from "./session-timers.ts";
import type { SessionEffect } from "./transition.ts";
import { WaitingTurns } from "./waiting-turns.ts";
import { WarmPeriod } from "./warm-period.ts";

/** Nothing held it back, and yet it was not taken up when that was due. */
export const FORGOTTEN = "a waiting turn was forgotten, taking it up";

/**
 * The live state of one chat. Everything that happens is an event for the table in transition.ts; this class executes
 * the effects and nothing else.
 *
 * Invariants: at most one process; at most one turn sent to it; a slot is held exactly while a process may exist.
 */
export class ChatSession {
  readonly chat: ChatRecord;
  readonly #deps: ChatSessionDeps;
  readonly #log: Logger;
  readonly #machine: SessionMachine;
  readonly #timers: SessionTimers;
  readonly #waiting: WaitingTurns;
  readonly #conversation: CurrentConversation;
  readonly #process: SessionProcess;
  readonly #active: ActiveTurn;
  readonly #queue: HeadOfQueue;
  readonly #head: HeadSettler;
  readonly #meter: CostMeter;
  readonly #notices: SessionNotices;
  readonly #own: OwnWork;
  readonly #prompts: PromptSender;
  readonly #warm: WarmPeriod;
  #endReason: EndReason | null = null;
  #toldShortOfMemory = false;
  #startedAt = 0;
  /** The process was started with settings that no longer hold. */
  #outdated = false;
  #restWaiters: (() => void)[] = [];

  constructor(deps: ChatSessionDeps, chat: ChatRecord) {
    this.#log = deps.log.child({ botId: chat.botId, chatRef: chat.id });
    this.#deps = { ...deps, log: this.#log };
    this.chat = chat;
    this.#timers = new SessionTimers(deps.clock);
    this.#waiting = new WaitingTurns(deps.events);
    this.#meter = new CostMeter(this.#log);
    this.#notices = new SessionNotices(this.#deps, chat.id);
    this.#conversation = new CurrentConversation(this.#deps, chat.id);
    const { record } = this.#conversation;
    this.#machine = new SessionMachine(
      record?.hasTranscript ? "suspended" : "idle",
      {
        execute: (effect) => this.#execute(effect),
        moved: (before, after) => this.#moved(before, after),
      },
      this.#log,
    );
    const parts = { chat, waiting: this.#waiting, conversation: this.#conversation };
    this.#active = new ActiveTurn(
      this.#deps,
      this.#timers,
      this.#meter,
      record?.lastActiveAt ?? null,
      (event) => {
        this.#machine.dispatch(event);
        this.#queue.tellPlaces();
      },
    );
    this.#queue = new HeadOfQueue({
      ...this.#deps,
      ...parts,
      active: this.#active,
      machine: this.#machine,
    });
    this.#own = new OwnWork(this.#deps, {
      ...parts,
      meter: this.#meter,
      notices: this.#notices,
      end: () => this.evict(),
    });
    this.#head = new HeadSettler({
      ...this.#deps,
      ...parts,
      notices: this.#notices,
      active: this.#active,
      own: this.#own,
    });
    this.#prompts = new PromptSender(this.#deps, { ...parts, active: this.#active });
    this.#warm = new WarmPeriod({
      ...this.#deps,
      timers: this.#timers,
      idleTimeoutMs: () => deps.idleTimeoutMs(chat),
      protectedForMs: () => this.#own.protectedForMs,
      over: () => this.evict(),
    });
    const session = {
      ...this.#deps,
      ...parts,
      active: this.#active,
      own: this.#own,
      meter: this.#meter,
      notices: this.#notices,
    };
    this.#process = new SessionProcess(this.#deps, {
      wanted: () => this.#queue.mayBeTaken,
      host: () => {
        this.#outdated = false;
        return createSessionHost({
          ...session,
          assertAffordable: (run) => this.#active.assertAffordable(run, this.#process.cli, deps.gate),
          onEvent: (event) => listener.hear(event),
        });
      },
      shortOfMemory: (freeMb) => this.#tellShortOfMemory(freeMb),
      opened: (opened) => this.#opened(opened),
      gone: (failure) => this.#gone(failure),
    });
    const listener = new CliListener({
      ...session,
      process: this.#process,
      ownTurnEnded: () => this.#ownTurnEnded(),
      stuck: () => this.#machine.dispatch({ type: "stuck" }),
    });
  }

  get state(): SessionState {
    return this.#machine.state;
  }
  get pid(): number | null {
    return this.#process.cli?.pid ?? null;
  }
  get model(): string | null {
    return this.#conversation.model;
  }
  get lastActiveAt(): number | null {
    return this.#active.lastActiveAt;
  }
  get runningTurnId(): string | null {
    return this.#active.run?.turnId ?? null;
  }
  /** When its process was started (UTC ms). */
  get startedAt(): number | null {
    return this.#process.cli === null ? null : this.#startedAt;
  }
  /** Alive and free since (UTC ms). */
  get warmSince(): number | null {
    return this.state === "ready" ? this.#warm.since : null;
  }
  get waiting(): readonly string[] {
    return this.#waiting.ids;
  }
  /** A process exists or is being made. */
  get live(): boolean {
    return this.#machine.live;
  }
  /** Alive and free: it can be suspended to make room. */
  get evictable(): boolean {
    return this.state === "ready" && !this.#queue.mayBeTaken && this.#own.protectedForMs === 0;
  }
  /** Suspending it would end what the agent does in the background. */
  get worksInBackground(): boolean {
    return this.#own.isRunning;
  }
  /** The turn that runs, or that the process is being started for. */
  get headTurnId(): string | null {
    return this.runningTurnId ?? (this.#queue.isMeant ? this.#waiting.first : null);
  }

  enqueue(turnId: string): void {
    this.#waiting.add(turnId);
    this.wake();
  }

  /** A turn came, or a hold has begun or ended: takes up what waits when nothing holds it back, and tells its places. */
  wake(): void {
    this.#takeNext();
    this.#queue.tellPlaces();
  }

  /** Takes a waiting turn out. False when it is not waiting here. */
  withdraw(turnId: string): boolean {
    const removed = this.#waiting.remove(turnId);
    if (removed) this.#afterWithdrawal();
    return removed;
  }

  /** Takes every turn out that waits behind the head. */
  takeWaiting(): string[] {
    return this.#queue.takeOthers();
  }

  cancel(): void {
    if (this.#active.run) this.#active.run.cancelRequested = true;
    // Nothing runs for it yet.
    if (this.#queue.isJudged) this.#head.cancelled();
    else this.#machine.dispatch({ type: "cancel" });
    this.#afterWithdrawal();
  }

  /** Ends a free process that falls back to another model than it now should; the next turn resumes with the right one. */
  renewFallback(wanted: string | null): void {
    if (this.evictable && wanted !== this.#prompts.fallbackModel) this.evict();
  }

  /** The live process asks differently from now on; one that cannot be switched is replaced as soon as it is free. */
  async setPermissionMode(mode: CliPermissionMode): Promise<void> {
    const { cli } = this.#process;
    if (!cli) return this.replaceProcess();
    try {
      await cli.setPermissionMode(mode);
    } catch (error) {
      this.#log.info({ err: error, mode }, "the permission mode holds from the next process on");
      if (this.#process.cli === cli) this.replaceProcess();
    }
  }

  /** The process's settings have changed: the next turn gets a new one, with the same conversation. */
  replaceProcess(): void {
    if (!this.live) return;
    this.#outdated = true;
    if (this.state === "ready") this.evict();
  }

  evict(): void {
    this.#machine.dispatch({ type: "evict" });
  }

  /** Resolves when no process is left. */
  atRest(): Promise<void> {
    return new Promise((resolve) => {
      if (this.live) this.#restWaiters.push(resolve);
      else resolve();
    });
  }

  /** A person has changed how long it stays warm: that holds at once. */
  renewIdleTimeout(): void {
    if (this.state === "ready") this.#warm.watch();
  }

  /** Ends process and running turn. `shutdown` also stops taking turns. Resolves when no process is left. */
  end(reason: EndReason): Promise<void> {
    if (this.live) this.#endReason = reason;
    if (reason === "shutdown") this.#queue.close();
    if (reason === "panic" && this.state === "stopping") this.#process.kill();
    this.#machine.dispatch({ type: "end", transcript: this.#conversation.hasTranscript });
    return this.atRest();
  }

  /** No further turn is taken up; what runs goes on. */
  close(): void {
    this.#queue.close();
  }

  /** The chat's conversation was changed while no turn of it runs here. */
  useConversation(conversation: ConversationRecord): void {
    this.#conversation.use(conversation);
  }

  /** Ends a process that counts as working while no turn runs, and takes up what waits. */
  heal(): void {
    if (this.state === "running" && !this.#active.run) {
      this.#log.error("no turn runs in a running session, ending its process");
      this.#machine.dispatch({ type: "stuck" });
    } else if (["idle", "suspended", "ready"].includes(this.state) && this.#queue.mayBeTaken) {
      this.#log.warn(FORGOTTEN);
      this.wake();
    }
  }

  /** Its processes hold more memory than they may: ended at once, and gently would be too late. */
  outgrown(bytes: number, limitBytes: number): void {
    this.#log.warn({ pid: this.pid, bytes, limitBytes }, "session has outgrown its memory limit");
    const run = this.#active.run;
    if (run) this.#active.failure = outcomeOfOutgrown(run.text, limitBytes);
    this.#machine.dispatch({ type: run ? "stuck" : "evict" });
    this.#process.kill();
  }

  distrustAfterRestart(conversationId: string | null): void {
    if (this.#conversation.record?.id === conversationId) this.#conversation.distrust("restart");
  }

  /** By another chat, or by this one's next process. */
  #placeIsWanted(): boolean {
    return this.#outdated || (this.#own.protectedForMs === 0 && this.#deps.placeWanted());
  }

  #takeNext(): void {
    if (this.#queue.mayBeTaken) this.#machine.dispatch({ type: "message" });
  }

  #moved(before: SessionState, after: SessionState): void {
    if (before === "ready" && after !== "ready") this.#warm.end();
    if (before !== "ready" && after === "ready") this.#becomeReady();
    if (before !== "stopping" && after === "stopping") this.#watchEnding();
    if (!this.live) for (const resolve of this.#restWaiters.splice(0)) resolve();
  }

  #execute(effect: SessionEffect): void {
    switch (effect) {
      case "spawn":
        detached(this.#process.start(this.chat, this.#conversation), this.#log, "the session's start failed");
        return;
      case "send_prompt":
        this.#sendPrompt();
        return;
      case "settle_done":
        this.#head.done();
        return;
      case "settle_head_cancelled":
        this.#head.cancelled();
        return;
      case "settle_head_failed":
        this.#head.failed();
        return;
      case "settle_head_ended":
        this.#head.ended(this.#endReason);
        return;
      case "settle_by_recovery_policy":
        this.#head.exited(this.#process.lastExit);
        return;
      case "settle_no_answer":
        this.#head.withoutAnswer();
        return;
      case "interrupt":
        this.#active.interrupt(this.#process.cli);
        return;
      case "terminate":
        this.#process.terminate(this.#endReason === "panic" ? "now" : "graceful");
        return;
      case "kill":
        this.#process.kill();
        return;
      case "take_next":
        // Chats that wait for a place come before this chat's next turn, one turn each.
        if (this.state !== "ready" || !this.#placeIsWanted()) this.#takeNext();
    }
  }

  #opened(session: OpenedSession): void {
    const { takenOver } = session;
    this.#prompts.opened(session);
    this.#meter.attach(session.cli);
    if (takenOver)
      this.#notices.tell(takenOver === "seeded" ? "notice.session_renewed" : "notice.context_lost");
    this.#startedAt = this.#deps.clock.now();
    this.#deps.processCame();
    this.#toldShortOfMemory = false;
    // What it was started with has changed meanwhile: no turn may run under the old settings.
    this.#machine.dispatch({ type: "spawned", waiting: this.#queue.mayBeTaken && !this.#outdated });
    this.#queue.tellPlaces();
  }

  #gone(failure: TurnOutcome | null): void {
    this.#deps.outbox.sweep(this.chat, { turnId: this.runningTurnId, toOutbox: this.#notices.isRead });
    this.#timers.cancel("silence", "idle", "interrupt", "ending");
    this.#meter.detach();
    this.#toldShortOfMemory &&= failure !== null;
    if (failure !== null && this.#settlesFailedStart(failure)) this.#active.failure = failure;
    this.#machine.dispatch({ type: "exit", transcript: this.#conversation.hasTranscript });
    this.#active.failure = null;
    this.#own.processGone(this.#endReason === "reset" || this.#endReason === "panic");
    this.#endReason = null;
    this.#queue.tellPlaces();
  }

  /** Whatever becomes of telling: that it is gone has to be dealt with. */
  #settlesFailedStart(failure: TurnOutcome): boolean {
    try {
      return this.#deps.gate.afterFailedStart(failure) === "settle";
    } catch (error) {
      this.#log.error({ err: error }, "a failed start could not be dealt with");
      return true;
    }
  }

  #sendPrompt(): void {
    const fate = this.#prompts.send(this.#process.cli);
    if (fate === "nothing") this.#machine.dispatch({ type: "turn_done" });
    else if (fate === "stuck") this.#machine.dispatch({ type: "stuck" });
  }

  /** The chat has been active, and a turn of ours may now begin. */
  #ownTurnEnded(): void {
    this.#active.noteSignOfLife();
    if (this.state === "ready") this.#becomeReady();
  }

  #becomeReady(): void {
    this.#warm.begin();
    if (this.#placeIsWanted()) this.evict();
  }

  #watchEnding(): void {
    this.#timers.set("ending", this.#deps.limits.endingMs, () => {
      this.#log.warn("the process does not end, ending it by force");
      this.#machine.dispatch({ type: "stuck" });
    });
  }

  #tellShortOfMemory(freeMb: number): void {
    if (this.#toldShortOfMemory) return;
    this.#toldShortOfMemory = true;
    this.#waiting.tellShortOfMemory(freeMb);
    this.#notices.tell("notice.low_memory", { freeMb });
  }

  #afterWithdrawal(): void {
    if (this.#waiting.isEmpty) this.#process.callOffWaiting();
    this.#queue.tellPlaces();
  }
}
