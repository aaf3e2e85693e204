import { ApiError } from "@steward/client/api-error";
import type { Client } from "@steward/client/client";
import type { EndpointResult } from "@steward/contract/endpoint";
import { openHistoryMessage } from "@steward/contract/history";
import type { ChatAddress } from "@steward/contract/ids";
import { type SearchAnswerBody, searchEverything } from "@steward/contract/search";

export type OpenedHistory = EndpointResult<typeof openHistoryMessage>;

/** Finding what was said in a chat. */
export interface SearchVerbs {
  /** In all topics of the chat. */
  search(chat: ChatAddress, text: string, limit: number): Promise<SearchAnswerBody>;
  /** A message of the chat with what was said around it; null when it has none of this id. */
  openMessage(chat: ChatAddress, id: number, limit: number): Promise<OpenedHistory | null>;
}

export const createSearchVerbs = ({
  client,
  botId,
  signal,
  promptly,
}: {
  client: Client;
  botId: string;
  signal: AbortSignal;
  promptly: <Value>(fn: () => Promise<Value>) => Promise<Value>;
}): SearchVerbs => ({
  search: ({ chatId }, q, limit) =>
    promptly(() =>
      client.call(searchEverything, { query: { q, limit, in: "messages", botId, chatId }, signal }),
    ),
  openMessage: async ({ chatId }, messageId, limit) => {
    const input = { params: { messageId }, query: { botId, chatId, limit }, signal };
    try {
      return await promptly(() => client.call(openHistoryMessage, input));
    } catch (error) {
      if (error instanceof ApiError && error.code === "not_found") return null;
      throw error;
    }
  },
});
