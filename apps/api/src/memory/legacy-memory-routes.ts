import { ENDPOINTS } from "@steward/contract/endpoints";
import { DomainError } from "@steward/contract/errors";
import type { MemoryRow } from "@steward/contract/memory-legacy";
import type { Memory, MemoryService } from "@steward/core/memory/memory-service";
import type { SearchService } from "@steward/core/search/search-service";
import { type Mount, WithStatus } from "../http/mount.ts";
import { modeHeaders } from "../search/mode-headers.ts";
import { authorOf } from "./memory-speaker.ts";

/** The ancestor's memory endpoints: its names, its times, and only what is kept for a bot. */
export function mountLegacyMemory(
  mount: Mount,
  { memories, search }: { memories: MemoryService; search: SearchService },
): void {
  /** Only what the list shows is there: of a bot, and no proposal. */
  const isThere = (id: number): boolean => {
    const memory = memories.find(id);
    return memory !== null && memory.botId !== "" && memory.chatId === "" && memory.state === "accepted";
  };

  mount.json(ENDPOINTS.legacyListMemories, ({ query: { category, bot_id } }) =>
    memories
      .list({
        of: { botId: bot_id, chatId: "" },
        state: "accepted",
        ...(category !== undefined && { category }),
      })
      .map(toRow),
  );
  mount.json(ENDPOINTS.legacyAddMemory, ({ body: { key, content, category, bot_id } }) => ({
    id: memories.add({ botId: bot_id, chatId: "", key, content, category }, authorOf({})).id,
  }));
  mount.json(ENDPOINTS.legacyUpdateMemory, ({ params, body: { content, category } }) => {
    if (!isThere(params.id)) throw new DomainError("memory_not_found", "Memory not found");
    const change = { ...(content != null && { content }), ...(category != null && { category }) };
    return toRow(memories.update(params.id, change, authorOf({})));
  });
  mount.json(ENDPOINTS.legacySearchMemories, async ({ query: { q: text, limit, bot_id } }, c) => {
    const scope = { botId: bot_id, chatId: "" };
    const answer = await search.memories({ text, limit, scope }, undefined, c.req.raw.signal);
    const rows = answer.hits.flatMap(({ id, distance, score, mode }) => {
      const memory = memories.find(id);
      if (!memory) return [];
      const { updated_at: _, ...row } = toRow(memory);
      return [{ ...row, distance, score, mode }];
    });
    return new WithStatus(200, rows, modeHeaders(answer));
  });
  mount.json(ENDPOINTS.legacyDeleteMemory, ({ params }) => {
    if (isThere(params.id)) memories.remove(params.id, authorOf({}));
    return { deleted: true as const };
  });
}

const toRow = (memory: Memory): MemoryRow => ({
  id: memory.id,
  key: memory.key,
  content: memory.content,
  category: memory.category,
  created_at: isoMicroseconds(memory.createdAt),
  updated_at: isoMicroseconds(memory.updatedAt),
  bot_id: memory.botId,
});

/** As Python's `datetime.isoformat()` writes it in UTC. */
const isoMicroseconds = (ms: number): string => new Date(ms).toISOString().replace("Z", "000+00:00");
