import type { CliPermissionMode } from "@steward/claude/cli-driver";
import type { Logger } from "@steward/platform/logger";
import type { SessionState } from "@steward/schema/enums";
import type { ChatRecord, ConversationRecord } from "../chats/chat-repository.ts";
import { detached } from "../events/detached.ts";
import type { TurnOutcome } from "../turns/turn-outcome.ts";
import type { TurnRecord } from "../turns/turn-record.ts";
import { outcomeOfOutgrown } from "./broken-off.ts";
import type { ChatSessionDeps, EndReason } from "./chat-session-deps.ts";
import type { OpenedSession } from "./session-opener.ts";
import { createSessionParts, type SessionParts } from "./session-parts.ts";
import type { SessionEffect } from "./transition.ts";

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
  readonly #parts: SessionParts;
  #endReason: EndReason | null = null;
  #startedAt = 0;
  /** The process was started with settings that no longer hold. */
  #outdated = false;
  #restWaiters: (() => void)[] = [];

  constructor(deps: ChatSessionDeps, chat: ChatRecord) {
    this.#log = deps.log.child({ botId: chat.botId, chatRef: chat.id });
    this.#deps = { ...deps, log: this.#log };
    this.chat = chat;
    this.#parts = createSessionParts(this.#deps, chat, {
      execute: (effect) => this.#execute(effect),
      moved: (before, after) => this.#moved(before, after),
      hosts: () => {
        this.#outdated = false;
      },
      opened: (session) => this.#opened(session),
      gone: (failure) => this.#gone(failure),
      ownTurnEnded: () => this.#ownTurnEnded(),
      recalled: () => this.wake(),
      replace: () => this.replaceProcess(),
    });
  }

  get state(): SessionState {
    return this.#parts.machine.state;
  }
  get pid(): number | null {
    return this.#parts.process.cli?.pid ?? null;
  }
  get model(): string | null {
    return this.#parts.conversation.model;
  }
  get lastActiveAt(): number | null {
    return this.#parts.active.lastActiveAt;
  }
  get runningTurnId(): string | null {
    return this.#parts.active.run?.turnId ?? null;
  }
  /** What its process works on; null between turns. */
  get running(): { turn: TurnRecord; usedOutsideTool: boolean } | null {
    const { run } = this.#parts.active;
    return run && { turn: run.turn.record, usedOutsideTool: run.usedOutsideTool };
  }
  /** When its process was started (UTC ms). */
  get startedAt(): number | null {
    return this.#parts.process.cli === null ? null : this.#startedAt;
  }
  /** Alive and free since (UTC ms). */
  get warmSince(): number | null {
    return this.state === "ready" ? this.#parts.warm.since : null;
  }
  get waiting(): readonly string[] {
    return this.#parts.waiting.ids;
  }
  /** A process exists or is being made. */
  get live(): boolean {
    return this.#parts.machine.live;
  }
  /** Alive and free: it can be suspended to make room. */
  get evictable(): boolean {
    return this.state === "ready" && !this.#parts.queue.mayBeTaken && this.#parts.own.protectedForMs === 0;
  }
  /** Suspending it would end what the agent does in the background. */
  get worksInBackground(): boolean {
    return this.#parts.own.isRunning;
  }
  /** The turn that runs, or that the process is being started for. */
  get headTurnId(): string | null {
    return this.runningTurnId ?? (this.#parts.queue.isMeant ? this.#parts.waiting.first : null);
  }

  /** The chat has another id now; where it works does not change. */
  moved(chatId: string): void {
    const workspaceChatId = this.chat.workspaceChatId ?? this.chat.chatId;
    // One record, shared by all parts of the session.
    Object.assign(this.chat, { chatId, workspaceChatId });
  }

  enqueue(turnId: string, rank = 0): void {
    this.#parts.waiting.add(turnId, rank);
    this.wake();
  }

  /** Puts a turn that waits before all others and stops what runs for it; answers which turn that is. */
  advance(turnId: string): string | null {
    if (!this.#parts.waiting.putFirst(turnId)) return null;
    const { run, hasResult } = this.#parts.active;
    // What has its result, or was stopped before, makes room by itself.
    const stops = run !== null && !hasResult && !run.cancelRequested;
    if (stops) {
      run.cancelRequested = true;
      run.stopCode = "turn_overtaken";
      this.#parts.machine.dispatch({ type: "cancel" });
    }
    this.wake();
    return stops ? run.turnId : null;
  }

  /** A turn came, or a hold has begun or ended: takes up what waits when nothing holds it back, and tells its places. */
  wake(): void {
    this.#takeNext();
    this.#parts.queue.tellPlaces();
  }

  /** Takes a waiting turn out. False when it is not waiting here. */
  withdraw(turnId: string): boolean {
    const removed = this.#parts.waiting.remove(turnId);
    if (removed) this.#afterWithdrawal();
    return removed;
  }

  /** Takes every turn out that waits behind the head. */
  takeWaiting(): string[] {
    return this.#parts.queue.takeOthers();
  }

  cancel(): void {
    if (this.#parts.active.run) this.#parts.active.run.cancelRequested = true;
    // Nothing runs for it yet.
    if (this.#parts.queue.isJudged) this.#parts.head.cancelled();
    else this.#parts.machine.dispatch({ type: "cancel" });
    this.#afterWithdrawal();
  }

  /** Ends a free process that falls back to another model than it now should; the next turn resumes with the right one. */
  renewFallback(wanted: string | null): void {
    if (this.evictable && wanted !== this.#parts.prompts.fallbackModel) this.evict();
  }

  /** The live process asks differently from now on; one that cannot be switched is replaced as soon as it is free. */
  async setPermissionMode(mode: CliPermissionMode): Promise<void> {
    const { cli } = this.#parts.process;
    if (!cli) return this.replaceProcess();
    try {
      await cli.setPermissionMode(mode);
    } catch (error) {
      this.#log.info({ err: error, mode }, "the permission mode holds from the next process on");
      if (this.#parts.process.cli === cli) this.replaceProcess();
    }
  }

  /** The process's settings have changed: the next turn gets a new one, with the same conversation. */
  replaceProcess(): void {
    if (!this.live) return;
    this.#outdated = true;
    if (this.state === "ready") this.evict();
  }

  evict(): void {
    this.#parts.machine.dispatch({ type: "evict" });
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
    if (this.state === "ready") this.#parts.warm.watch();
  }

  /** Ends process and running turn. `shutdown` also stops taking turns. Resolves when no process is left. */
  end(reason: EndReason): Promise<void> {
    if (this.live) this.#endReason = reason;
    if (reason === "shutdown") this.#parts.queue.close();
    if (reason === "panic" && this.state === "stopping") this.#parts.process.kill();
    this.#parts.machine.dispatch({ type: "end", transcript: this.#parts.conversation.hasTranscript });
    return this.atRest();
  }

  /** No further turn is taken up; what runs goes on. */
  close(): void {
    this.#parts.queue.close();
  }

  /** The chat's conversation was changed while no turn of it runs here. */
  useConversation(conversation: ConversationRecord): void {
    this.#parts.conversation.use(conversation);
  }

  /** Ends a process that counts as working while no turn runs, and takes up what waits. */
  heal(): void {
    if (this.state === "running" && !this.#parts.active.run) {
      this.#log.error("no turn runs in a running session, ending its process");
      this.#parts.machine.dispatch({ type: "stuck" });
    } else if (this.#parts.recall.isPending) {
      // It goes out in a moment.
    } else if (["idle", "suspended", "ready"].includes(this.state) && this.#parts.queue.mayBeTaken) {
      this.#log.warn(FORGOTTEN);
      this.wake();
    }
  }

  /** Its processes hold more memory than they may: ended at once, and gently would be too late. */
  outgrown(bytes: number, limitBytes: number): void {
    this.#log.warn({ pid: this.pid, bytes, limitBytes }, "session has outgrown its memory limit");
    const run = this.#parts.active.run;
    if (run) this.#parts.active.failure = outcomeOfOutgrown(run.text, limitBytes);
    this.#parts.machine.dispatch({ type: run ? "stuck" : "evict" });
    this.#parts.process.kill();
  }

  distrustAfterRestart(conversationId: string | null): void {
    if (this.#parts.conversation.record?.id === conversationId) this.#parts.conversation.distrust("restart");
  }

  /** By another chat, or by this one's next process. */
  #placeIsWanted(): boolean {
    return this.#outdated || (this.#parts.own.protectedForMs === 0 && this.#deps.placeWanted());
  }

  #takeNext(): void {
    if (!this.#parts.queue.mayBeTaken) return;
    // Only a free process waits for it, and only for milliseconds; one that is started takes longer itself. While another
    // turn runs it would be too early: that one may still keep something.
    const isFree = this.state === "ready";
    const isReady = ["ready", "idle", "suspended"].includes(this.state) && this.#parts.recall.isReady(isFree);
    if (isReady || !isFree) this.#parts.machine.dispatch({ type: "message" });
  }

  #moved(before: SessionState, after: SessionState): void {
    if (before === "ready" && after !== "ready") this.#parts.warm.end();
    if (before !== "ready" && after === "ready") this.#becomeReady();
    if (before !== "stopping" && after === "stopping") this.#watchEnding();
    if (!this.live) for (const resolve of this.#restWaiters.splice(0)) resolve();
    this.#deps.hub.publish("session_changed", { chat: this.chat });
  }

  #execute(effect: SessionEffect): void {
    switch (effect) {
      case "spawn":
        detached(
          this.#parts.process.start(this.chat, this.#parts.conversation),
          this.#log,
          "the session's start failed",
        );
        return;
      case "send_prompt":
        this.#sendPrompt();
        return;
      case "settle_done":
        this.#parts.head.done();
        return;
      case "settle_head_cancelled":
        this.#parts.head.cancelled();
        return;
      case "settle_head_failed":
        this.#parts.head.failed();
        return;
      case "settle_head_ended":
        this.#parts.head.ended(this.#endReason);
        return;
      case "settle_by_recovery_policy":
        this.#parts.head.exited(this.#parts.process.lastExit);
        return;
      case "settle_no_answer":
        this.#parts.head.withoutAnswer();
        return;
      case "interrupt":
        this.#parts.active.interrupt(this.#parts.process.cli);
        return;
      case "terminate":
        this.#parts.process.terminate(this.#endReason === "panic" ? "now" : "graceful");
        return;
      case "kill":
        this.#parts.process.kill();
        return;
      case "take_next":
        // Chats that wait for a place come before this chat's next turn, one turn each.
        if (this.state !== "ready" || !this.#placeIsWanted()) this.#takeNext();
    }
  }

  #opened(session: OpenedSession): void {
    const { takenOver } = session;
    this.#parts.prompts.opened(session);
    this.#parts.meter.attach(session.cli);
    if (takenOver)
      this.#parts.notices.tell(takenOver === "seeded" ? "notice.session_renewed" : "notice.context_lost");
    this.#startedAt = this.#deps.clock.now();
    this.#deps.processCame();
    this.#parts.notices.memoryCame();
    // What it was started with has changed meanwhile: no turn may run under the old settings.
    this.#parts.machine.dispatch({
      type: "spawned",
      waiting: this.#parts.queue.mayBeTaken && !this.#outdated,
    });
    this.#parts.queue.tellPlaces();
  }

  #gone(failure: TurnOutcome | null): void {
    this.#parts.timers.cancel("silence", "idle", "interrupt", "ending");
    this.#parts.meter.detach();
    if (failure === null) this.#parts.notices.memoryCame();
    this.#attempt("what the agent left could not be sent", () => {
      const of = { turnId: this.runningTurnId, toOutbox: this.#parts.notices.isRead };
      this.#deps.outbox.sweep(this.chat, of);
    });
    if (failure !== null) this.#parts.active.failure = failure;
    this.#attempt("a failed start could not be dealt with", () => {
      if (failure !== null && this.#deps.gate.afterFailedStart(failure) === "wait") {
        this.#parts.active.failure = null;
      }
    });
    this.#parts.machine.dispatch({ type: "exit", transcript: this.#parts.conversation.hasTranscript });
    this.#parts.active.failure = null;
    this.#parts.own.processGone(this.#endReason === "reset" || this.#endReason === "panic");
    this.#endReason = null;
    this.#parts.queue.tellPlaces();
  }

  /** Whatever becomes of this: that the process is gone has to be dealt with. */
  #attempt(what: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#log.error({ err: error }, what);
    }
  }

  #sendPrompt(): void {
    const fate = this.#parts.prompts.send(this.#parts.process.cli);
    if (fate === "nothing") this.#parts.machine.dispatch({ type: "turn_done" });
    else if (fate === "stuck") this.#parts.machine.dispatch({ type: "stuck" });
  }

  /** The chat has been active, and a turn of ours may now begin. */
  #ownTurnEnded(): void {
    this.#parts.active.noteSignOfLife();
    if (this.state === "ready") this.#becomeReady();
  }

  #becomeReady(): void {
    this.#parts.warm.begin();
    if (this.#placeIsWanted()) this.evict();
  }

  #watchEnding(): void {
    this.#parts.timers.set("ending", this.#deps.limits.endingMs, () => {
      this.#log.warn("the process does not end, ending it by force");
      this.#parts.machine.dispatch({ type: "stuck" });
    });
  }

  #afterWithdrawal(): void {
    if (this.#parts.waiting.isEmpty) this.#parts.process.callOffWaiting();
    this.#parts.queue.tellPlaces();
  }
}
