import type { EndpointResult } from "@steward/contract/endpoint";
import { openHistoryMessage } from "@steward/contract/history";
import type { ChatAddress } from "@steward/contract/ids";
import { type SearchAnswerBody, searchEverything } from "@steward/contract/search";
import { nullWhenMissing } from "./null-when-missing.ts";
import type { VerbDeps } from "./verb-deps.ts";

export type OpenedHistory = EndpointResult<typeof openHistoryMessage>;

/** Finding what was said in a chat. */
export interface SearchVerbs {
  /** In all topics of the chat. */
  search(chat: ChatAddress, text: string, limit: number): Promise<SearchAnswerBody>;
  /** A message of the chat with what was said around it; null when it has none of this id. */
  openMessage(chat: ChatAddress, id: number, limit: number): Promise<OpenedHistory | null>;
}

export const createSearchVerbs = ({ client, botId, signal, promptly }: VerbDeps): SearchVerbs => ({
  search: ({ chatId }, q, limit) =>
    promptly(() =>
      client.call(searchEverything, { query: { q, limit, in: "messages", botId, chatId }, signal }),
    ),
  openMessage: ({ chatId }, messageId, limit) => {
    const input = { params: { messageId }, query: { botId, chatId, limit }, signal };
    return nullWhenMissing(promptly(() => client.call(openHistoryMessage, input)));
  },
});
