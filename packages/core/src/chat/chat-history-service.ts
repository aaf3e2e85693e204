import type { MessageRole } from "@steward/schema/enums";

export interface ChatMessage {
  id: number;
  sessionId: string;
  role: MessageRole;
  content: string;
  source: string;
  telegramChatId: number | null;
  userId: string | null;
  username: string | null;
  createdAt: number;
  botId: string;
}

export interface ChatSessionSummary {
  sessionId: string;
  botId: string;
  startedAt: number;
  lastMessageAt: number;
  messageCount: number;
}

export interface ChatHistoryService {
  /** Newest first. */
  sessions(botId?: string): ChatSessionSummary[];
  /** Oldest first by time then id; `limit` 0 = all, N = the last N. Null when the session has no messages. */
  messages(sessionId: string, limit: number): ChatMessage[] | null;
  add(message: Omit<ChatMessage, "id" | "createdAt" | "userId" | "username">): number;
}
