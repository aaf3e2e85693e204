import { ENDPOINTS } from "@steward/contract/endpoints";
import type { ChatService } from "@steward/core/chats/chat-service";
import type { Mount } from "../http/mount.ts";

export function mountChats(mount: Mount, { chats }: { chats: ChatService }): void {
  mount.json(ENDPOINTS.getChatStatus, ({ query }) => chats.status(query));
  mount.json(ENDPOINTS.stopChat, ({ body: { turnId, ...address } }) => chats.stop(address, turnId));
  mount.json(ENDPOINTS.releaseQueue, ({ body: { action, ...address } }) => ({
    count: chats.release(address, action),
  }));
  mount.json(ENDPOINTS.newConversation, ({ body }) => chats.newConversation(body));
}
