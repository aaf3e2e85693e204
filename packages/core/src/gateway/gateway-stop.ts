import type { ChatAddress } from "@steward/contract/ids";
import type { Clock } from "@steward/platform/clock";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { ChatService } from "../chats/chat-service.ts";
import type { SessionManager } from "../sessions/session-manager.ts";
import type { StorageWatch } from "../storage/storage-watch.ts";
import type { TurnService } from "../turns/turn-service.ts";

/** The Go client's /start and /stop are the same call; a second one within this time does nothing. */
const STOP_AGAIN_MS = 60_000;

/** The ancestor's stop: cancels a running turn; on an idle chat starts a new conversation; nothing within 60 s of another. */
export const createGatewayStop =
  (deps: {
    chats: ChatRepository;
    chatService: Pick<ChatService, "newConversation">;
    turnService: Pick<TurnService, "waitForEnd">;
    sessions: Pick<SessionManager, "known">;
    storage: Pick<StorageWatch, "writeOrOwe">;
    clock: Clock;
  }) =>
  async (address: ChatAddress): Promise<{ stopped: boolean }> => {
    const { chats, clock } = deps;
    const chat = chats.find(address);
    if (!chat) return { stopped: false };
    const session = deps.sessions.known(chat.id);
    const head = session?.headTurnId ?? null;
    const again = chat.lastStopAt !== null && clock.now() - chat.lastStopAt < STOP_AGAIN_MS;
    if (again && head === null) return { stopped: true };
    const now = clock.now();
    const noteStop = (): void =>
      void deps.storage.writeOrOwe("when a chat was stopped", () => chats.setLastStop(chat.id, now));
    if (head === null) {
      noteStop();
      await deps.chatService.newConversation(address);
    } else {
      // Nobody at this door can answer "run or drop": what waits goes on by itself.
      session?.cancel();
      noteStop();
      await deps.turnService.waitForEnd(head);
    }
    return { stopped: true };
  };
