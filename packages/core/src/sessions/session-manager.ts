import type { ChatRecord, ChatRepository, ConversationRecord } from "../chats/chat-repository.ts";
import type { TurnRecord } from "../turns/turn-record.ts";
import { ChatSession } from "./chat-session.ts";
import type { ChatSessionDeps } from "./chat-session-deps.ts";
import { MemoryGuard } from "./memory-guard.ts";
import { MemoryWatch, type MemoryWatchDeps } from "./memory-watch.ts";
import { createSlotPool, type SlotPool } from "./slot-pool.ts";

export interface SessionLoad {
  live: number;
  max: number;
  /** Turns at work. */
  running: number;
  /** Chats that wait for a free place. */
  waitingForPlace: number;
  /** Chats that wait for memory. */
  waitingForMemory: number;
}

export interface SessionManagerDeps
  extends Omit<ChatSessionDeps, "slots" | "spawning" | "memory" | "placeWanted" | "processCame"> {
  freeMemoryBytes: () => Promise<number>;
  sampleProcesses: MemoryWatchDeps["sampleProcesses"];
}

/** A session at rest holds nothing that its rows do not tell; whoever has just asked for it is done with it by then. */
const FORGET_AFTER_MS = 600_000;

/**
 * One ChatSession per chat that has something to do, and the places they share: at most `maxLive` CLI processes, at most `maxSpawning` being
 * started. When all places are taken, the least recently used ready session is suspended.
 */
export class SessionManager {
  readonly #deps: SessionManagerDeps;
  readonly #chats: ChatRepository;
  readonly #slots: SlotPool;
  readonly #spawning: SlotPool;
  readonly #memory: MemoryGuard;
  readonly #memoryWatch: MemoryWatch;
  readonly #sessions = new Map<number, ChatSession>();
  /** Since when (monotonic) looks have found a session at rest. */
  readonly #restingSinceMs = new Map<number, number>();
  #closing = false;

  constructor(deps: SessionManagerDeps) {
    this.#deps = deps;
    this.#chats = deps.chats;
    this.#slots = createSlotPool({ max: deps.limits.maxLive, onFull: () => this.#makeRoom() });
    this.#spawning = createSlotPool({ max: deps.limits.maxSpawning, onFull: () => undefined });
    this.#memory = new MemoryGuard({ ...deps, suspendOne: () => this.#suspendOne() });
    const limitBytes = deps.limits.maxSessionBytes;
    this.#memoryWatch = new MemoryWatch({ ...deps, limitBytes, sessions: () => this.all() });
  }

  /** The chat's session, made when it is first asked for. Starts no process. */
  session(chat: ChatRecord): ChatSession {
    const known = this.#sessions.get(chat.id);
    if (known) return known;
    const session = new ChatSession(
      {
        ...this.#deps,
        slots: this.#slots,
        spawning: this.#spawning,
        memory: this.#memory,
        placeWanted: () => this.#placeWanted(),
        processCame: () => this.#memoryWatch.processCame(),
      },
      chat,
    );
    if (this.#closing) session.close();
    this.#sessions.set(chat.id, session);
    return session;
  }

  /** The chat's session if there is one. A chat without one rests: nothing runs, waits or is being ended. */
  known(chatRef: number): ChatSession | null {
    return this.#sessions.get(chatRef) ?? null;
  }

  byRef(chatRef: number): ChatSession {
    return this.#sessions.get(chatRef) ?? this.session(this.#chats.byRef(chatRef));
  }

  all(): ChatSession[] {
    return [...this.#sessions.values()];
  }

  /** A hold has begun or ended, or the machine has room again: whoever waits is taken up, or told why not. */
  wake(): void {
    for (const session of this.#sessions.values()) session.wake();
  }

  /** Ends every process and running turn at once; what waits goes on waiting. Resolves when none is left. */
  async panic(): Promise<{ stopped: number; ended: number }> {
    const live = this.all().filter((session) => session.live);
    const stopped = live.filter((session) => session.runningTurnId !== null).length;
    const ended = live.filter((session) => session.pid !== null).length;
    await Promise.all(live.map((session) => session.end("panic")));
    return { stopped, ended };
  }

  /** Ends the processes that are free: they hold on to what they were started with (a login). */
  suspendFree(): void {
    for (const session of this.#sessions.values()) if (session.evictable) session.evict();
  }

  load(): SessionLoad {
    return {
      live: this.#slots.used,
      max: this.#slots.max,
      running: this.all().filter((session) => session.runningTurnId !== null).length,
      waitingForPlace: this.#slots.waiting,
      waitingForMemory: this.#memory.waiting,
    };
  }

  /** Ends the chat's process and running turn; what waits goes on in `conversation`. */
  async restart(chat: ChatRecord, conversation: ConversationRecord): Promise<void> {
    const session = this.known(chat.id);
    session?.useConversation(conversation);
    this.#deps.hub.publish("session_changed", { chat });
    // Chats are listed by the title of their conversation.
    this.#deps.hub.publish("history_changed", { chat });
    await session?.end("reset");
  }

  /**
   * Takes up no more turns, gives the running ones `drainMs` to finish, then ends every process.
   * Resolves when none is left.
   */
  async stop(drainMs: number): Promise<void> {
    this.#closing = true;
    const sessions = this.all();
    for (const session of sessions) session.close();
    const deadline = this.#deps.clock.monotonicMs() + drainMs;
    while (sessions.some((session) => session.runningTurnId) && this.#deps.clock.monotonicMs() < deadline) {
      await this.#deps.clock.sleep(20);
    }
    await Promise.all(sessions.map((session) => session.end("shutdown")));
    this.#memoryWatch.stop();
  }

  /** A session that lost its footing finds it again: an effect that failed must not stop a chat for good. */
  heal(): void {
    for (const session of this.#sessions.values()) session.heal();
    // What kept a session from being suspended may have fallen silent meanwhile.
    if (this.#placeWanted()) this.#makeRoom();
    this.#forgetResting();
  }

  /** The service died while `record` ran: the CLI session of its conversation was ended by force. */
  distrustAfterRestart = ({ chatRef, conversationId }: TurnRecord): void => {
    this.byRef(chatRef).distrustAfterRestart(conversationId);
  };

  /** What a person set about sessions has changed. */
  renewIdleTimeouts(): void {
    for (const session of this.#sessions.values()) session.renewIdleTimeout();
  }

  #forgetResting(): void {
    const nowMs = this.#deps.clock.monotonicMs();
    for (const [chatRef, session] of this.#sessions) {
      const since = this.#restingSinceMs.get(chatRef);
      if (session.live || session.waiting.length > 0 || session.runningTurnId !== null) {
        this.#restingSinceMs.delete(chatRef);
      } else if (since === undefined) {
        this.#restingSinceMs.set(chatRef, nowMs);
      } else if (nowMs - since >= FORGET_AFTER_MS) {
        this.#restingSinceMs.delete(chatRef);
        this.#sessions.delete(chatRef);
      }
    }
  }

  /** More chats wait for a place than sessions are on their way out. */
  #placeWanted(): boolean {
    const leaving = this.all().filter(({ state }) => state === "stopping").length;
    return this.#slots.waiting > leaving;
  }

  #makeRoom(): void {
    this.#leastRecentlyUsed()?.evict();
  }

  async #suspendOne(): Promise<boolean> {
    const session = this.#leastRecentlyUsed();
    if (!session) return false;
    session.evict();
    await session.atRest();
    return true;
  }

  /** Those whose end would cut off nothing come first. */
  #leastRecentlyUsed(): ChatSession | undefined {
    const cost = (session: ChatSession): number => (session.worksInBackground ? 1 : 0);
    return this.all()
      .filter((session) => session.evictable)
      .sort((a, b) => cost(a) - cost(b) || (a.lastActiveAt ?? 0) - (b.lastActiveAt ?? 0))[0];
  }
}
