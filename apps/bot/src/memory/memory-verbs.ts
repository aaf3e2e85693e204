import type { EndpointInput, EndpointResult } from "@steward/contract/endpoint";
import type { ChatAddress } from "@steward/contract/ids";
import {
  acceptMemory,
  deleteMemory,
  listMemories,
  rejectMemory,
  updateMemory,
} from "@steward/contract/memories";
import { undoMemoryChange } from "@steward/contract/memory-changes";
import type { MemoryRecord } from "@steward/contract/memory-records";
import { askInstead, forgetText, rememberText } from "@steward/contract/memory-words";
import type { VerbDeps } from "../steward/verb-deps.ts";

type Asked = { address: ChatAddress; userId: string; userName?: string | null };

/**
 * What the bot asks of the API about memories, in the name of a person in a chat: another chat's are not there. All throw
 * ApiError: `memory_not_found`, `memory_changed`, `memory_exists`, `memory_full`, `owner_only`. A key counts once.
 */
export interface MemoryVerbs {
  memories(
    address: ChatAddress,
    page: { offset: number; limit: number },
  ): Promise<EndpointResult<typeof listMemories>>;
  remember(
    asked: Asked,
    words: { text: string; messageId: number | null },
    key: string,
  ): Promise<EndpointResult<typeof rememberText>>;
  forget(asked: Asked, text: string, key: string): Promise<EndpointResult<typeof forgetText>>;
  forgetMemory(
    asked: Asked,
    memoryId: number,
    key: string,
  ): Promise<EndpointResult<typeof deleteMemory>["change"]>;
  pinMemory(asked: Asked, memoryId: number, pinned: boolean, key: string): Promise<MemoryRecord>;
  acceptMemory(asked: Asked, memoryId: number, key: string): Promise<EndpointResult<typeof acceptMemory>>;
  rejectMemory(asked: Asked, memoryId: number, key: string): Promise<void>;
  /** What stands now; null: nothing does. */
  undoMemory(asked: Asked, changeId: number, key: string): Promise<MemoryRecord | null>;
  askInstead(
    address: ChatAddress,
    changeId: number,
    message: Pick<EndpointInput<typeof askInstead>["body"], "messageId" | "userId" | "language">,
    key: string,
  ): Promise<void>;
}

export const createMemoryVerbs = ({ client, signal, promptly }: VerbDeps): MemoryVerbs => {
  const headersOf = (key: string) => ({ "idempotency-key": key });
  const speaker = ({ address, userId, userName }: Asked) => ({
    ...{ inBotId: address.botId, inChatId: address.chatId, userId },
    ...(userName != null && { userName }),
  });
  return {
    memories: ({ botId, chatId }, page) =>
      promptly(() => client.call(listMemories, { query: { botId, chatId, ...page }, signal })),
    remember: ({ address, userId, userName = null }, words, key) => {
      const body = { ...address, userId, userName, ...words };
      return promptly(() => client.call(rememberText, { body, headers: headersOf(key), signal }));
    },
    forget: ({ address, userId, userName = null }, text, key) => {
      const body = { ...address, userId, userName, text };
      return promptly(() => client.call(forgetText, { body, headers: headersOf(key), signal }));
    },
    forgetMemory: async ({ address, userId }, memoryId, key) => {
      const query = { inBotId: address.botId, inChatId: address.chatId, userId };
      const input = { params: { memoryId }, query, headers: headersOf(key), signal };
      return (await promptly(() => client.call(deleteMemory, input))).change;
    },
    pinMemory: (asked, memoryId, pinned, key) => {
      const body = { ...speaker(asked), pinned };
      const input = { params: { memoryId }, body, headers: headersOf(key), signal };
      return promptly(() => client.call(updateMemory, input));
    },
    acceptMemory: (asked, memoryId, key) => {
      const input = { params: { memoryId }, body: speaker(asked), headers: headersOf(key), signal };
      return promptly(() => client.call(acceptMemory, input));
    },
    rejectMemory: async (asked, memoryId, key) => {
      const input = { params: { memoryId }, body: speaker(asked), headers: headersOf(key), signal };
      await promptly(() => client.call(rejectMemory, input));
    },
    undoMemory: async (asked, changeId, key) => {
      const input = { params: { changeId }, body: speaker(asked), headers: headersOf(key), signal };
      return (await promptly(() => client.call(undoMemoryChange, input))).memory;
    },
    askInstead: async (address, changeId, message, key) => {
      const body = { ...address, ...message };
      const input = { params: { changeId }, body, headers: headersOf(key), signal };
      await promptly(() => client.call(askInstead, input));
    },
  };
};
