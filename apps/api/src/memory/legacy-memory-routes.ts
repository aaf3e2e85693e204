import { ENDPOINTS } from "@steward/contract/endpoints";
import type { MemoryRow } from "@steward/contract/memory-legacy";
import type { Memory, MemoryService } from "@steward/core/memory/memory-service";
import type { Mount } from "../http/mount.ts";
import { authorOf } from "./memory-speaker.ts";

/** The ancestor's memory endpoints: its names, its times, and only what is kept for a bot. */
export function mountLegacyMemory(mount: Mount, { memories }: { memories: MemoryService }): void {
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
  mount.json(ENDPOINTS.legacyUpdateMemory, ({ params, body: { content, category } }) =>
    toRow(
      memories.update(
        params.id,
        { ...(content != null && { content }), ...(category != null && { category }) },
        authorOf({}),
      ),
    ),
  );
  mount.json(ENDPOINTS.legacyDeleteMemory, ({ params }) => {
    memories.remove(params.id, authorOf({}));
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
