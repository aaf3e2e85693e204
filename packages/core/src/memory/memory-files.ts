import type { MemoryFile } from "@steward/contract/memory-files";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { MemoryBooks } from "./memory-books.ts";
import type { MemoryAuthor, MemoryOwner, MemoryService } from "./memory-service.ts";

type Kept = MemoryFile["memories"][number];

/** Memories as a file, out and in. */
export interface MemoryFiles {
  /** All there is; of a bot and its chats; or a chat's own. */
  write(of: { botId?: string; chatId?: string }): MemoryFile;
  /**
   * All of it or nothing.
   *
   * @param of for this bot or chat, whatever the file says
   * @throws DomainError `memory_full`, `validation_failed`
   */
  takeIn(
    memories: readonly Kept[],
    options: { onTaken: "skip" | "replace"; of?: MemoryOwner },
    author: MemoryAuthor,
  ): { added: number; replaced: number; skipped: number };
}

export const createMemoryFiles = ({
  database,
  books,
  memories,
}: {
  database: OpenDatabase;
  books: MemoryBooks;
  memories: MemoryService;
}): MemoryFiles => ({
  write: ({ botId, chatId }) => ({
    format: "steward-memories-1",
    memories: memories
      .list({
        withExpired: true,
        ...(botId !== undefined && (chatId === undefined ? { ofBot: botId } : { of: { botId, chatId } })),
      })
      .map(
        ({ id: _id, sourceMessageId: _message, sourceTurnId: _turn, sourceUserId: _user, ...kept }) => kept,
      ),
  }),
  takeIn: (wanted, { onTaken, of }, author) =>
    database.write(() => {
      const count = { added: 0, replaced: 0, skipped: 0 };
      for (const kept of wanted) {
        const { botId, chatId } = of ?? kept;
        const { key, content, category, pinned, expiresAt, state } = kept;
        const holder = books.rows.holderOf({ botId, chatId }, key.trim());
        const isTaken = holder !== null && state === "accepted";
        if (!isTaken) {
          memories.add({ botId, chatId, key, content, category, pinned, expiresAt, state }, author);
          count.added += 1;
        } else if (onTaken === "replace") {
          memories.update(holder.id, { content, category, pinned, expiresAt }, author);
          count.replaced += 1;
        } else count.skipped += 1;
      }
      return count;
    }),
});
