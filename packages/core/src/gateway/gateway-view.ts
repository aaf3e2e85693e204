import type { ChatAddress } from "@steward/contract/ids";
import type { Clock } from "@steward/platform/clock";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { SessionManager } from "../sessions/session-manager.ts";
import { viewSession } from "../sessions/session-view.ts";
import type { TurnRepository } from "../turns/turn-repository.ts";

export interface GatewaySession {
  chatId: string;
  botId: string;
  busy: boolean;
  firstDone: boolean;
  lastActiveAt: number;
  busySinceAt: number | null;
  state: string;
}

export interface GatewayQueueStatus {
  busy: boolean;
  busyMessage: string;
  elapsedMs: number;
  slotsUsed: number;
  slotsMax: number;
  queueWaitTimeoutMs: number;
  queueWaitRemainingMs: number;
}

/** What the gateway's clients may look at. Looking makes no session. */
export interface GatewayView {
  sessions(botId?: string): GatewaySession[];
  queueStatus(address: ChatAddress): GatewayQueueStatus;
  /** A turn of the chat runs right now. */
  isRunning(address: ChatAddress): boolean;
}

const BUSY_MESSAGE = "Still processing the previous message";

export const createGatewayView = (deps: {
  turns: TurnRepository;
  chats: ChatRepository;
  sessions: Pick<SessionManager, "known" | "load">;
  clock: Clock;
  queueWaitTimeoutMs: number;
}): GatewayView => {
  const { turns, chats, sessions, clock, queueWaitTimeoutMs } = deps;
  const sessionAt = (address: ChatAddress) => {
    const chat = chats.find(address);
    return chat ? sessions.known(chat.id) : null;
  };

  return {
    sessions: (botId) =>
      chats
        .all()
        .filter((chat) => botId === undefined || chat.botId === botId)
        .map((chat) => {
          const conversation = chats.current(chat.id);
          const session = viewSession(sessions.known(chat.id), () => conversation);
          const running = session.headTurnId ? turns.find(session.headTurnId) : null;
          return {
            chatId: chat.chatId,
            botId: chat.botId,
            busy: running !== null,
            firstDone: (conversation?.turnCount ?? 0) > 0,
            lastActiveAt: session.lastActiveAt ?? chat.createdAt,
            busySinceAt: running ? (running.startedAt ?? running.receivedAt) : null,
            state: session.state,
          };
        }),
    queueStatus: (address) => {
      const { live, max } = sessions.load();
      const none = { slotsUsed: live, slotsMax: max, queueWaitTimeoutMs };
      const session = sessionAt(address);
      const head = session?.headTurnId ? turns.find(session.headTurnId) : null;
      if (!session || !head) {
        return { ...none, busy: false, busyMessage: "", elapsedMs: 0, queueWaitRemainingMs: 0 };
      }
      const firstWaiting = session.waiting.map((id) => turns.find(id)).find((turn) => turn !== null);
      const waited = firstWaiting ? clock.now() - firstWaiting.receivedAt : queueWaitTimeoutMs;
      return {
        ...none,
        busy: true,
        busyMessage: BUSY_MESSAGE,
        elapsedMs: clock.now() - (head.startedAt ?? head.receivedAt),
        queueWaitRemainingMs: Math.max(0, queueWaitTimeoutMs - waited),
      };
    },
    isRunning: (address) => sessionAt(address)?.state === "running",
  };
};
