import { ENDPOINTS } from "@steward/contract/endpoints";
import type { ConversationService } from "@steward/core/chats/conversation-service";
import type { Mount } from "../http/mount.ts";

export function mountConversations(
  mount: Mount,
  { conversations }: { conversations: ConversationService },
): void {
  mount.json(ENDPOINTS.listConversations, ({ query: { limit, ...address } }) =>
    conversations.list(address, limit),
  );
  mount.json(ENDPOINTS.selectConversation, ({ body: { conversationId, ...address } }) =>
    conversations.select(address, conversationId),
  );
  mount.json(ENDPOINTS.exportConversation, ({ query: { conversationId, ...address } }) =>
    conversations.export(address, conversationId),
  );
  mount.json(ENDPOINTS.renameConversation, ({ params, body: { title, ...address } }) =>
    conversations.rename(address, params.conversationId, title),
  );
  mount.json(ENDPOINTS.removeWorktree, ({ params, query }) =>
    conversations.removeWorktree(query, params.conversationId),
  );
}
