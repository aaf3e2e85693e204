import { createHash } from "node:crypto";
import type { GatewayMessage } from "@steward/contract/gateway";
import type { TurnHold } from "@steward/contract/holds";
import type { ChatAddress } from "@steward/contract/ids";
import type { Clock } from "@steward/platform/clock";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { gatewayRequests } from "@steward/schema/tables";
import { and, desc, eq, gt, sql } from "drizzle-orm";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { ChatService } from "../chats/chat-service.ts";
import { describeHold } from "../holds/describe-hold.ts";
import type { SessionManager } from "../sessions/session-manager.ts";
import type { TurnRepository } from "../turns/turn-repository.ts";
import type { TurnService } from "../turns/turn-service.ts";

/** A gateway request that was accepted: its turn, and the duty to say how the response went. */
export interface GatewayRequest {
  turnId: string;
  /** The turn belongs to an earlier request whose response never got through (wire contract §4.1, join rule). */
  joined: boolean;
  /** Call exactly once: `complete` = the response was written to its end. */
  responseEnded(complete: boolean): void;
}

export interface GatewaySession {
  chatId: string;
  botId: string;
  busy: boolean;
  firstDone: boolean;
  lastActiveAt: number;
  busySinceAt: number | null;
  state: string;
}

export interface GatewayService {
  /** Accepts the message as a turn, or joins one. Throws DomainError (queue_full, shutting_down, prompt_too_long …). */
  accept(message: GatewayMessage): GatewayRequest;
  /** The ancestor's stop: cancels a running turn; on an idle chat starts a new conversation; nothing within 60 s of another stop. */
  stop(botId: string, chatId: string): Promise<{ stopped: boolean }>;
  reset(botId: string, chatId: string): Promise<void>;
  sessions(botId?: string): GatewaySession[];
  queueStatus(
    botId: string,
    chatId: string,
  ): {
    busy: boolean;
    busyMessage: string;
    elapsedMs: number;
    slotsUsed: number;
    slotsMax: number;
    queueWaitTimeoutMs: number;
    queueWaitRemainingMs: number;
  };
  /** Why nothing runs, in a sentence for these doors. */
  describeHold(hold: TurnHold): string;
  /** How long a synchronous door waits for its turn to start before it withdraws it with `[BUSY]`. */
  readonly queueWaitTimeoutMs: number;
}

/** How long a response that broke off keeps its turn open for the same request (wire contract §4.1). */
const JOIN_WINDOW_MS = 35 * 60_000;
/** The Go client's /start and /stop are the same call; a second one within this time does nothing. */
const STOP_AGAIN_MS = 60_000;

const BUSY_MESSAGE = "Still processing the previous message";

export const createGatewayService = (deps: {
  database: OpenDatabase;
  turns: TurnRepository;
  turnService: TurnService;
  chats: ChatRepository;
  chatService: ChatService;
  sessions: SessionManager;
  clock: Clock;
  queueWaitTimeoutMs: number;
  timeZone: string;
}): GatewayService => {
  const { clock, chats, sessions, turns } = deps;
  const { db } = deps.database;

  const setResponse = (id: number, response: "written" | "broken" | "joined"): void => {
    db.update(gatewayRequests).set({ response }).where(eq(gatewayRequests.id, id)).run();
  };

  const insertRequest = db
    .insert(gatewayRequests)
    .values({
      turnId: sql.placeholder("turnId"),
      digest: sql.placeholder("digest"),
      response: "open",
      createdAt: sql.placeholder("createdAt"),
    })
    .returning({ id: gatewayRequests.id })
    .prepare();
  const insert = (turnId: string, digest: string): number =>
    insertRequest.get({ turnId, digest, createdAt: clock.now() }).id;

  const track = (turnId: string, id: number, joined: boolean): GatewayRequest => {
    let ended = false;
    return {
      turnId,
      joined,
      responseEnded: (complete) => {
        if (ended) return;
        ended = true;
        // Forgotten in a power cut, it counts as broken: posting again then joins the turn instead of running it again.
        deps.database.writeUnsynced(() => setResponse(id, complete ? "written" : "broken"));
      },
    };
  };

  /** An earlier request like this one whose response never got through. */
  const latestBroken = db
    .select()
    .from(gatewayRequests)
    .where(
      and(
        eq(gatewayRequests.digest, sql.placeholder("digest")),
        eq(gatewayRequests.response, "broken"),
        gt(gatewayRequests.createdAt, sql.placeholder("after")),
      ),
    )
    .orderBy(desc(gatewayRequests.id))
    .prepare();
  const broken = (digest: string) => latestBroken.get({ digest, after: clock.now() - JOIN_WINDOW_MS });

  const addressOfChat = (botId: string, chatId: string): ChatAddress => ({ botId, chatId, threadId: "" });

  return {
    queueWaitTimeoutMs: deps.queueWaitTimeoutMs,
    describeHold: (hold) => describeHold("hold", "en", hold, deps.timeZone),
    accept: (message) => {
      const digest = digestOf(message);
      const earlier = broken(digest);
      if (earlier) {
        return deps.database.write(() => {
          setResponse(earlier.id, "joined");
          return track(earlier.turnId, insert(earlier.turnId, digest), true);
        });
      }
      let id = 0;
      const { turnId } = deps.turnService.submit(
        {
          address: addressOfChat(message.bot_id, message.chat_id),
          text: message.message,
          source: "gateway",
          language: "en",
          userId: message.user_id ?? null,
          userName: message.username ?? null,
          replyToMessageId: null,
          idempotencyKey: null,
          deliver: false,
        },
        // With the turn or not at all: a turn without its request could not be joined after a crash.
        (accepted) => {
          id = insert(accepted, digest);
        },
      );
      return track(turnId, id, false);
    },
    stop: async (botId, chatId) => {
      const address = addressOfChat(botId, chatId);
      const chat = chats.find(address);
      if (!chat) return { stopped: false };
      const session = sessions.session(chat);
      const head = session.headTurnId;
      const again = chat.lastStopAt !== null && clock.now() - chat.lastStopAt < STOP_AGAIN_MS;
      if (again && head === null) return { stopped: true };
      chats.setLastStop(chat.id, clock.now());
      if (head === null) {
        await deps.chatService.newConversation(address);
      } else {
        // Nobody at this door can answer "run or drop": what waits goes on by itself.
        session.cancel();
        await deps.turnService.waitForEnd(head);
      }
      return { stopped: true };
    },
    reset: async (botId, chatId) => {
      await deps.chatService.newConversation(addressOfChat(botId, chatId));
    },
    sessions: (botId) =>
      chats
        .all()
        .filter((chat) => botId === undefined || chat.botId === botId)
        .map((chat) => {
          const session = sessions.session(chat);
          const running = session.headTurnId ? turns.find(session.headTurnId) : null;
          const conversation = chats.current(chat.id);
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
    queueStatus: (botId, chatId) => {
      const { live, max } = sessions.load();
      const none = { slotsUsed: live, slotsMax: max, queueWaitTimeoutMs: deps.queueWaitTimeoutMs };
      const chat = chats.find(addressOfChat(botId, chatId));
      const session = chat ? sessions.session(chat) : null;
      const head = session?.headTurnId ? turns.find(session.headTurnId) : null;
      if (!session || !head) {
        return { ...none, busy: false, busyMessage: "", elapsedMs: 0, queueWaitRemainingMs: 0 };
      }
      const firstWaiting = session.waiting.map((id) => turns.find(id)).find((turn) => turn !== null);
      const waited = firstWaiting ? clock.now() - firstWaiting.receivedAt : deps.queueWaitTimeoutMs;
      return {
        ...none,
        busy: true,
        busyMessage: BUSY_MESSAGE,
        elapsedMs: clock.now() - (head.startedAt ?? head.receivedAt),
        queueWaitRemainingMs: Math.max(0, deps.queueWaitTimeoutMs - waited),
      };
    },
  };
};

const digestOf = (message: GatewayMessage): string =>
  createHash("sha256")
    .update(JSON.stringify([message.bot_id, message.chat_id, message.user_id ?? "", message.message]))
    .digest("hex");

/** At a start: responses that were open when the service died never got through. */
export const breakOpenResponses = (database: OpenDatabase): void => {
  database.db
    .update(gatewayRequests)
    .set({ response: "broken" })
    .where(eq(gatewayRequests.response, "open"))
    .run();
};
