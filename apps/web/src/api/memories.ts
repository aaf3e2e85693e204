import { ApiError } from "@steward/client/api-error";
import type { EndpointInput } from "@steward/contract/endpoint";
import { openHistoryMessage } from "@steward/contract/history";
import { getMemory, listMemories } from "@steward/contract/memories";
import { listMemoryChanges, memoryHistory } from "@steward/contract/memory-changes";
import type { MemoryRecord } from "@steward/contract/memory-records";
import { getTurn } from "@steward/contract/turns";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api } from "./client.ts";
import { queryKey } from "./keys.ts";

export type MemoryQuestion = NonNullable<EndpointInput<typeof listMemories>["query"]>;

/** Page by page: pinned ones first, then the latest change first. */
export const useMemories = (question: MemoryQuestion) =>
  useInfiniteQuery({
    queryKey: queryKey("memories", "list", question),
    queryFn: ({ pageParam, signal }) =>
      api.call(listMemories, { query: { ...question, ...(pageParam && { cursor: pageParam }) }, signal }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
  });

/** Null: there is none of this number (any more). */
export const useMemory = (memoryId: number) =>
  useQuery({
    queryKey: queryKey("memories", "one", memoryId),
    queryFn: async ({ signal }) => {
      try {
        return await api.call(getMemory, { params: { memoryId }, signal });
      } catch (error) {
        if (error instanceof ApiError && error.code === "memory_not_found") return null;
        throw error;
      }
    },
  });

/** What gives way when a proposal is accepted; null: nothing does. */
export const useReplaced = ({ botId, chatId, key }: MemoryRecord) =>
  useQuery({
    queryKey: queryKey("memories", "holder", botId, chatId, key),
    queryFn: async ({ signal }) => {
      const query: MemoryQuestion = {
        ...{ key, state: "accepted", own: "true", expired: "true", limit: 1 },
        ...(botId !== "" && { botId }),
        ...(chatId !== "" && { chatId }),
      };
      const { memories } = await api.call(listMemories, { query, signal });
      return memories[0] ?? null;
    },
  });

/** How it came to be what it is, the newest first; empty when nothing is known of it any more. */
export const useMemoryHistory = (memoryId: number) =>
  useQuery({
    queryKey: queryKey("memories", "history", memoryId),
    queryFn: async ({ signal }) => {
      try {
        return await api.call(memoryHistory, { params: { memoryId }, signal });
      } catch (error) {
        if (error instanceof ApiError && error.code === "memory_not_found") return [];
        throw error;
      }
    },
  });

export const useMemoryChanges = (limit: number) =>
  useQuery({
    queryKey: queryKey("memories", "changes", limit),
    queryFn: ({ signal }) => api.call(listMemoryChanges, { query: { limit }, signal }),
    placeholderData: (before) => before,
  });

/** Where the message stands that a memory comes from; null: it is not known, or deleted. */
export const useSourceMessage = (
  memory: Pick<MemoryRecord, "botId" | "sourceMessageId" | "sourceTurnId">,
) => {
  const { botId, sourceMessageId: messageId, sourceTurnId: turnId } = memory;
  return useQuery({
    queryKey: queryKey("history", "source", botId, messageId, turnId),
    enabled: messageId !== null && (botId !== "" || turnId !== null),
    queryFn: async ({ signal }) => {
      if (messageId === null) return null;
      try {
        // Everybody's belong to no bot, but came from a turn of one.
        const of =
          botId === "" && turnId !== null
            ? (await api.call(getTurn, { params: { turnId }, signal })).botId
            : botId;
        const query = { botId: of, limit: 1 };
        const found = await api.call(openHistoryMessage, { params: { messageId }, query, signal });
        return { botId: found.botId, sessionId: found.sessionId, messageId };
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
  });
};
