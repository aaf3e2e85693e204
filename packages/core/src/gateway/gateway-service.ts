import type { GatewayMessage } from "@steward/contract/gateway";
import type { TurnHold } from "@steward/contract/holds";
import type { ChatAddress } from "@steward/contract/ids";
import type { Clock } from "@steward/platform/clock";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { ChatService } from "../chats/chat-service.ts";
import { describeHold } from "../holds/describe-hold.ts";
import type { SessionManager } from "../sessions/session-manager.ts";
import type { StorageWatch } from "../storage/storage-watch.ts";
import type { TurnRepository } from "../turns/turn-repository.ts";
import type { TurnService } from "../turns/turn-service.ts";
import { digestOf, type GatewayRequestRepository } from "./gateway-request-repository.ts";
import { createGatewayStop } from "./gateway-stop.ts";
import { createGatewayView, type GatewayQueueStatus, type GatewaySession } from "./gateway-view.ts";

/** A gateway request that was accepted: its turn, and the duty to say how the response went. */
export interface GatewayRequest {
  turnId: string;
  /** The turn belongs to an earlier request whose response never got through (wire contract §4.1, join rule). */
  joined: boolean;
  /** Call exactly once: `complete` = the response was written to its end. */
  responseEnded(complete: boolean): void;
}

export interface GatewayService {
  /** Accepts the message as a turn, or joins one. Throws DomainError (queue_full, shutting_down, prompt_too_long …). */
  accept(message: GatewayMessage): GatewayRequest;
  /** The ancestor's stop: cancels a running turn; on an idle chat starts a new conversation; nothing within 60 s of another stop. */
  stop(botId: string, chatId: string): Promise<{ stopped: boolean }>;
  reset(botId: string, chatId: string): Promise<void>;
  sessions(botId?: string): GatewaySession[];
  queueStatus(botId: string, chatId: string): GatewayQueueStatus;
  /** A turn of the chat runs right now. */
  isRunning(botId: string, chatId: string): boolean;
  /** Why nothing runs, in a sentence for these doors. */
  describeHold(hold: TurnHold): string;
  /** How long a synchronous door waits for its turn to start before it withdraws it with `[BUSY]`. */
  readonly queueWaitTimeoutMs: number;
}

/** How long a response that broke off keeps its turn open for the same request (wire contract §4.1). */
const JOIN_WINDOW_MS = 35 * 60_000;
export const createGatewayService = (deps: {
  database: OpenDatabase;
  requests: GatewayRequestRepository;
  turns: TurnRepository;
  turnService: TurnService;
  chats: ChatRepository;
  chatService: ChatService;
  sessions: SessionManager;
  storage: StorageWatch;
  clock: Clock;
  queueWaitTimeoutMs: number;
  timeZone: string;
}): GatewayService => {
  const { clock, requests } = deps;
  const view = createGatewayView(deps);
  const stop = createGatewayStop(deps);

  const track = (turnId: string, id: number, joined: boolean): GatewayRequest => {
    let ended = false;
    return {
      turnId,
      joined,
      responseEnded: (complete) => {
        if (ended) return;
        ended = true;
        // Forgotten in a power cut, it counts as broken: posting again then joins the turn instead of running it again.
        deps.database.writeUnsynced(() => requests.setResponse(id, complete ? "written" : "broken"));
      },
    };
  };

  const addressOfChat = (botId: string, chatId: string): ChatAddress => ({ botId, chatId, threadId: "" });

  return {
    queueWaitTimeoutMs: deps.queueWaitTimeoutMs,
    describeHold: (hold) => describeHold("hold", "en", hold, deps.timeZone),
    accept: (message) => {
      const digest = digestOf(message);
      const earlier = requests.findJoinable(digest, clock.now() - JOIN_WINDOW_MS);
      if (earlier) {
        return deps.database.write(() => {
          requests.setResponse(earlier.id, "joined");
          return track(earlier.turnId, requests.insert(earlier.turnId, digest, clock.now()), true);
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
          id = requests.insert(accepted, digest, clock.now());
        },
      );
      return track(turnId, id, false);
    },
    stop: (botId, chatId) => stop(addressOfChat(botId, chatId)),
    reset: async (botId, chatId) => {
      await deps.chatService.newConversation(addressOfChat(botId, chatId));
    },
    sessions: view.sessions,
    queueStatus: (botId, chatId) => view.queueStatus(addressOfChat(botId, chatId)),
    isRunning: (botId, chatId) => view.isRunning(addressOfChat(botId, chatId)),
  };
};
