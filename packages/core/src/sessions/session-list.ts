import type { SessionInfo } from "@steward/contract/sessions";
import type { Clock } from "@steward/platform/clock";
import {
  addressOf,
  type ChatRecord,
  type ChatRepository,
  type ConversationRecord,
} from "../chats/chat-repository.ts";
import type { OutputWatch } from "./output-watch.ts";
import type { SessionManager } from "./session-manager.ts";
import { type SessionView, viewSession } from "./session-view.ts";
import type { TurnGate } from "./turn-gate.ts";

export type ProcessUsage = NonNullable<SessionInfo["usage"]>;

/** What each of these processes and its descendants take now; those that are gone are absent. */
export type SampleProcesses = (
  pids: readonly number[],
  options?: { withCpu: boolean },
) => Promise<Map<number, ProcessUsage>>;

export type ReapedSession = Pick<SessionInfo, "botId" | "chatId" | "threadId"> & { idleMs: number };

export interface SessionList {
  list(): Promise<SessionInfo[]>;
  /** Suspends sessions that have been free for `idleForMs`; resolves when their processes are gone. */
  reap(idleForMs: number): Promise<ReapedSession[]>;
}

export const createSessionList = (deps: {
  sessions: SessionManager;
  chats: Pick<ChatRepository, "allWithCurrent">;
  gate: Pick<TurnGate, "heldBy">;
  sampleProcesses: SampleProcesses;
  output: Pick<OutputWatch, "of">;
  clock: Clock;
}): SessionList => {
  const { sessions, chats, gate, clock } = deps;

  interface Seen {
    chat: ChatRecord;
    conversation: ConversationRecord | null;
    session: SessionView;
  }

  const describe = ({ chat, conversation, session }: Seen, usage: Map<number, ProcessUsage>): SessionInfo => {
    const hold = gate.heldBy(chat);
    return {
      ...addressOf(chat),
      state: session.state,
      pid: session.pid,
      startedAt: session.startedAt,
      warmSince: session.warmSince,
      lastActiveAt: session.lastActiveAt,
      model: session.model ?? conversation?.model ?? null,
      waiting: session.waiting.length,
      hold: hold && { kind: hold.kind, until: hold.until },
      runningTurnId: session.runningTurnId,
      usage: (session.pid === null ? null : usage.get(session.pid)) ?? null,
      passedOver: deps.output.of(conversation?.cliSessionId ?? ""),
    };
  };

  return {
    list: async () => {
      const all = chats
        .allWithCurrent()
        .map(({ chat, conversation }): Seen => {
          const session = viewSession(sessions.known(chat.id), () => conversation);
          return { chat, conversation, session };
        })
        .filter(({ session: { state, waiting } }) => state !== "idle" || waiting.length > 0);
      const usage = await deps.sampleProcesses(all.flatMap(({ session: { pid } }) => pid ?? []));
      const latest = (a: SessionView, b: SessionView) => (b.lastActiveAt ?? 0) - (a.lastActiveAt ?? 0);
      return [...all]
        .sort((a, b) => Number(b.session.live) - Number(a.session.live) || latest(a.session, b.session))
        .map((seen) => describe(seen, usage));
    },
    reap: async (idleForMs) => {
      const now = clock.now();
      const free = sessions.all().filter(({ evictable }) => evictable);
      const chosen = free
        .map((session) => ({ session, idleMs: Math.max(0, now - (session.lastActiveAt ?? now)) }))
        .filter(({ idleMs }) => idleMs >= idleForMs);
      for (const { session } of chosen) session.evict();
      await Promise.all(chosen.map(({ session }) => session.atRest()));
      return chosen.map(({ session, idleMs }) => ({ ...addressOf(session.chat), idleMs }));
    },
  };
};
