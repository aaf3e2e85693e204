import { ENDPOINTS } from "@steward/contract/endpoints";
import type { SearchAnswerBody } from "@steward/contract/search";
import type { MemoryService } from "@steward/core/memory/memory-service";
import type { MemoryScope, SearchService } from "@steward/core/search/search-service";
import { legacyTime } from "../http/legacy-time.ts";
import { type Mount, WithStatus } from "../http/mount.ts";
import { modeHeaders } from "./mode-headers.ts";

export function mountSearch(
  mount: Mount,
  { search, memories: kept }: { search: SearchService; memories: Pick<MemoryService, "find"> },
): void {
  mount.json(ENDPOINTS.searchChatHistory, async ({ query }, c) => {
    const scope = query.bot_id === undefined ? {} : { botId: query.bot_id };
    const answer = await search.messages({ text: query.q, limit: query.limit, scope }, c.req.raw.signal);
    const rows = answer.hits.map((hit) => ({
      id: hit.id,
      session_id: hit.sessionId,
      bot_id: hit.botId,
      role: hit.role,
      content: hit.content,
      source: hit.source,
      created_at: legacyTime(hit.createdAt),
      distance: hit.distance,
      score: hit.score,
      mode: hit.mode,
    }));
    return new WithStatus(200, rows, modeHeaders(answer));
  });
  mount.json(ENDPOINTS.searchEverything, async ({ query }, c) => {
    const { q: text, limit, botId, chatId, threadId, role, source, from, to, category } = query;
    const signal = c.req.raw.signal;
    const [messages, memories] = await Promise.all([
      query.in === "memories"
        ? null
        : search.messages(
            { text, limit, scope: { botId, chatId, threadId }, role, source, from, to },
            signal,
          ),
      query.in === "messages"
        ? null
        : search.memories({ text, limit, scope: memoryScope(botId, chatId), category }, undefined, signal),
    ]);
    const answer: SearchAnswerBody = {
      messages: messages?.hits.map(({ content: _, ...hit }) => ({ kind: "message" as const, ...hit })) ?? [],
      // One may be gone since the index saw it.
      memories:
        memories?.hits.flatMap((hit) => {
          const memory = kept.find(hit.id);
          return memory ? [{ kind: "memory" as const, ...hit, memory }] : [];
        }) ?? [],
      mode: [messages, memories].some((found) => found?.mode === "semantic") ? "semantic" : "lexical",
      degraded: [...new Set([...(messages?.degraded ?? []), ...(memories?.degraded ?? [])])],
    };
    return new WithStatus(200, answer, modeHeaders(answer));
  });
}

/** A chat's memories are all that it may know: its own, its bot's, everybody's. */
const memoryScope = (botId: string | undefined, chatId: string | undefined): MemoryScope => {
  if (botId === undefined) return "all";
  return chatId === undefined ? { botId } : { for: { botId, chatId } };
};
