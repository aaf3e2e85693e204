import type { ChatRecord, ChatRepository, ConversationRecord } from "../chats/chat-repository.ts";
import { ChatSession, type ChatSessionDeps } from "./chat-session.ts";
import { createSlotPool, type SlotPool } from "./slot-pool.ts";

export interface SessionLoad {
  live: number;
  max: number;
  /** Chats that wait for a free place. */
  waitingForPlace: number;
}

export type SessionManagerDeps = Omit<ChatSessionDeps, "slots" | "spawning" | "placeWanted">;

/**
 * One ChatSession per chat, and the places they share: at most `maxLive` CLI processes, at most `maxSpawning` being
 * started. When all places are taken, the least recently used ready session is suspended.
 */
export class SessionManager {
  readonly #deps: SessionManagerDeps;
  readonly #chats: ChatRepository;
  readonly #slots: SlotPool;
  readonly #spawning: SlotPool;
  readonly #sessions = new Map<number, ChatSession>();
  #closing = false;

  constructor(deps: SessionManagerDeps) {
    this.#deps = deps;
    this.#chats = deps.chats;
    this.#slots = createSlotPool({ max: deps.limits.maxLive, onFull: () => this.#makeRoom() });
    this.#spawning = createSlotPool({ max: deps.limits.maxSpawning, onFull: () => undefined });
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
        placeWanted: () => this.#slots.waiting > 0,
      },
      chat,
    );
    if (this.#closing) session.close();
    this.#sessions.set(chat.id, session);
    return session;
  }

  byRef(chatRef: number): ChatSession {
    return this.#sessions.get(chatRef) ?? this.session(this.#chats.byRef(chatRef));
  }

  all(): ChatSession[] {
    return [...this.#sessions.values()];
  }

  /** A hold has ended, or the machine has room again: whoever waits is taken up. */
  wake(): void {
    for (const session of this.#sessions.values()) session.wake();
  }

  load(): SessionLoad {
    return { live: this.#slots.used, max: this.#slots.max, waitingForPlace: this.#slots.waiting };
  }

  /** Ends the chat's process and running turn; what waits goes on in `conversation`. */
  async restart(chat: ChatRecord, conversation: ConversationRecord): Promise<void> {
    const session = this.session(chat);
    session.useConversation(conversation);
    await session.end("reset");
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
  }

  #makeRoom(): void {
    const free = this.all()
      .filter((session) => session.evictable)
      .sort((a, b) => (a.lastActiveAt ?? 0) - (b.lastActiveAt ?? 0));
    free[0]?.evict();
  }
}
