import { ENDPOINTS } from "@steward/contract/endpoints";
import type { AwayService } from "@steward/core/chats/away-service";
import type { ChatService } from "@steward/core/chats/chat-service";
import type { Mount } from "../http/mount.ts";

export function mountChats(
  mount: Mount,
  { chats, away: awayService }: { chats: ChatService; away: AwayService },
): void {
  mount.json(ENDPOINTS.getChatStatus, ({ query }) => chats.status(query));
  mount.json(ENDPOINTS.stopChat, ({ body: { turnId, ...address } }) => chats.stop(address, turnId));
  mount.json(ENDPOINTS.releaseQueue, ({ body: { action, ...address } }) => ({
    count: chats.release(address, action),
  }));
  mount.json(ENDPOINTS.setAway, ({ body: { away, ...address } }) =>
    away ? awayService.leave(address) : awayService.comeBack(address),
  );
  mount.json(ENDPOINTS.newConversation, ({ body }) => chats.newConversation(body));
}
