import type { Archive } from "@steward/contract/archives";
import type { ChatStatus } from "@steward/contract/chats";
import type { ChatAddress } from "@steward/contract/ids";
import type { Clock } from "@steward/platform/clock";
import type { SessionManager } from "../sessions/session-manager.ts";
import { viewSession } from "../sessions/session-view.ts";
import type { Hold } from "../sessions/turn-gate.ts";
import type { StorageWatch } from "../storage/storage-watch.ts";
import type { TurnEventLog } from "../turns/turn-event-log.ts";
import type { TurnRecord } from "../turns/turn-record.ts";
import type { TurnRepository } from "../turns/turn-repository.ts";
import type { TurnService } from "../turns/turn-service.ts";
import type { TurnQueues } from "../turns/turn-types.ts";
import type { ChatRecord, ChatRepository } from "./chat-repository.ts";
import type { ConversationStarter } from "./conversation-starter.ts";

export interface ChatService {
  status(address: ChatAddress): ChatStatus;
  /**
   * Interrupts the running turn (or withdraws `turnId` if it waits) and holds what waits. Resolves when the turn is
   * settled. `messageId`: only the turn that this message belongs to, and what waits goes on.
   */
  stop(
    address: ChatAddress,
    turnId?: string,
    messageId?: number,
  ): Promise<{ stopped: boolean; turnId: string | null; waiting: number }>;
  /** After a stop: runs or drops what waits; answers how many turns that concerned. */
  /** `drop_all`: also what waits without having been put aside. */
  release(address: ChatAddress, action: "run" | "drop" | "drop_all"): number;
  /**
   * Ends the running turn and starts a new conversation; resolves when the old process has gone. What of the chat was
   * packed away and could not be brought back is given up, and answered.
   */
  newConversation(address: ChatAddress): Promise<{ conversationId: string; archivesGivenUp?: string[] }>;
}

export const createChatService = (deps: {
  chats: ChatRepository;
  turns: TurnRepository;
  turnService: TurnService;
  queues: Pick<TurnQueues, "enqueue">;
  events: TurnEventLog;
  sessions: SessionManager;
  starter: ConversationStarter;
  heldBy: (chat: ChatRecord) => Hold | null;
  ensureChat: (address: ChatAddress) => ChatRecord;
  /** The open turn that a message asks, shows or answers. */
  turnOfMessage: (chatRef: number, messageId: number) => string | null;
  forgetFailedArchives: (chatRef: number) => readonly Archive[];
  storage: Pick<StorageWatch, "writeOrOwe">;
  clock: Clock;
}): ChatService => {
  const { chats, turns, sessions, clock, events } = deps;

  const tellParked = (records: readonly TurnRecord[]): void => {
    records.forEach((record, index) => {
      events.append(record.id, { type: "queued", position: index + 1, held: true });
    });
  };

  const holdOf = (chat: ChatRecord): Pick<ChatStatus, "hold"> => {
    const hold = deps.heldBy(chat);
    return hold === null ? {} : { hold: { kind: hold.kind, until: hold.until } };
  };

  /** Puts what waits aside until the person says Run or Drop. That nothing can be written now keeps nobody from stopping. */
  const park = (chat: ChatRecord): number => {
    const waiting = sessions.known(chat.id)?.takeWaiting() ?? [];
    const before = turns.parked(chat.id).length;
    deps.storage.writeOrOwe("what waits is put aside", () => {
      turns.setParked(waiting, true);
      tellParked(turns.parked(chat.id));
    });
    return before + waiting.length;
  };

  return {
    status: (address) => {
      const chat = chats.find(address);
      const conversation = chat ? chats.current(chat.id) : null;
      const session = viewSession(chat ? sessions.known(chat.id) : null, () => conversation);
      const running = session.runningTurnId ? turns.find(session.runningTurnId) : null;
      const parked = chat ? turns.parked(chat.id).length : 0;
      return {
        ...address,
        session: {
          state: session.state,
          pid: session.pid,
          lastActiveAt: session.lastActiveAt,
          model: session.model ?? conversation?.model ?? null,
        },
        conversation: conversation && {
          id: conversation.id,
          title: conversation.title,
          cwd: conversation.cwd,
          createdAt: conversation.createdAt,
          turns: conversation.turnCount,
          costUsd: conversation.costMicroUsd / 1_000_000,
        },
        running: running && {
          turnId: running.id,
          state: running.state,
          startedAt: running.startedAt,
          prompt: running.prompt.slice(0, 200),
          tools: running.toolCount,
        },
        waiting: session.waiting.length + parked,
        held: parked > 0,
        ...(chat ? holdOf(chat) : {}),
      };
    },
    stop: async (address, wanted, messageId) => {
      const chat = chats.find(address);
      if (!chat) return { stopped: false, turnId: null, waiting: 0 };
      const session = sessions.session(chat);
      const head = session.headTurnId;
      const ofMessage = messageId === undefined ? null : deps.turnOfMessage(chat.id, messageId);
      if (messageId !== undefined && ofMessage === null) {
        return { stopped: false, turnId: null, waiting: session.waiting.length };
      }
      const turnId = ofMessage ?? wanted;
      if (turnId !== undefined && turnId !== head) {
        // A button of one chat must not reach into another one's queue.
        const isOurs = turns.find(turnId)?.chatRef === chat.id;
        const withdrawn = isOurs && deps.turnService.withdraw(turnId, "turn_dropped");
        return { stopped: withdrawn, turnId: withdrawn ? turnId : null, waiting: session.waiting.length };
      }
      // Nothing runs; what waits behind a hold is put into the person's hands.
      if (head === null) return { stopped: false, turnId: null, waiting: park(chat) };
      const waiting = ofMessage === null ? park(chat) : session.waiting.length;
      session.cancel();
      await deps.turnService.waitForEnd(head);
      const stoppedAt = clock.now();
      deps.storage.writeOrOwe("when a chat was stopped", () => chats.setLastStop(chat.id, stoppedAt));
      return { stopped: true, turnId: head, waiting };
    },
    release: (address, action) => {
      const chat = chats.find(address);
      if (!chat) return 0;
      if (action === "drop_all") park(chat);
      const parked = turns.parked(chat.id);
      if (action !== "run") {
        for (const record of parked) deps.turnService.withdraw(record.id, "turn_dropped");
        return parked.length;
      }
      turns.setParked(
        parked.map((record) => record.id),
        false,
      );
      for (const record of parked) deps.queues.enqueue({ ...record, parked: false });
      return parked.length;
    },
    newConversation: async (address) => {
      const chat = chats.find(address) ?? deps.ensureChat(address);
      const { conversation } = await deps.starter.start(chat.id);
      const givenUp = deps.forgetFailedArchives(chat.id).map(({ path }) => path);
      await sessions.restart(chat, conversation);
      return {
        conversationId: conversation.id,
        ...(givenUp.length > 0 && { archivesGivenUp: givenUp }),
      };
    },
  };
};
