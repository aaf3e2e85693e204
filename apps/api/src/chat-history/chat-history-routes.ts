import type { ChatMessageRow } from "@steward/contract/chat-history";
import { ENDPOINTS } from "@steward/contract/endpoints";
import { DomainError } from "@steward/contract/errors";
import type { ChatHistoryService, ChatMessage } from "@steward/core/chat/chat-history-service";
import { legacyTime } from "../http/legacy-time.ts";
import type { Mount } from "../http/mount.ts";

/** The ancestor's chat endpoints: its names, its times. */
export function mountChatHistory(mount: Mount, { history }: { history: ChatHistoryService }): void {
  mount.json(ENDPOINTS.listChatSessions, ({ query }) =>
    history.sessions(query.bot_id).map((session) => ({
      session_id: session.sessionId,
      bot_id: session.botId,
      started_at: legacyTime(session.startedAt),
      last_message_at: legacyTime(session.lastMessageAt),
      message_count: session.messageCount,
    })),
  );
  mount.json(ENDPOINTS.getChatSession, ({ params, query }) => {
    const messages = history.messages(params.session_id, query.limit);
    if (messages === null) throw new DomainError("not_found", "Session not found");
    return messages.map(toRow);
  });
  mount.json(ENDPOINTS.addChatMessage, ({ body }) => ({
    id: history.add({
      sessionId: body.session_id,
      botId: body.bot_id,
      role: body.role,
      content: body.content,
      source: body.source,
      telegramChatId: body.telegram_chat_id,
    }),
  }));
}

const toRow = (message: ChatMessage): ChatMessageRow => ({
  id: message.id,
  session_id: message.sessionId,
  role: message.role,
  content: message.content,
  source: message.source,
  telegram_chat_id: message.telegramChatId,
  user_id: message.userId,
  username: message.username,
  created_at: legacyTime(message.createdAt),
  bot_id: message.botId,
});
