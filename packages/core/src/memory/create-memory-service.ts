import { DomainError } from "@steward/contract/errors";
import { MEMORY_LIMITS } from "@steward/contract/memory-limits";
import type { MemoryAction } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { isSame, type MemoryBooks } from "./memory-books.ts";
import { isFor, ownersFor } from "./memory-repository.ts";
import type { Memory, MemoryAuthor, MemoryService } from "./memory-service.ts";
import { createMemoryUndo } from "./memory-undo.ts";
import { readMemory } from "./read-memory.ts";

/** @returns the service on SQLite. Each verb is one transaction, or takes part in the one that is open. */
export const createMemoryService = ({
  database,
  books,
}: {
  database: OpenDatabase;
  books: MemoryBooks;
}): MemoryService => {
  const { rows, log, now } = books;

  const change = (
    action: MemoryAction,
    before: Memory | null,
    after: Memory | null,
    author: MemoryAuthor,
    at = now(),
  ) => log.note({ action, before, after, at }, author);

  const remove = (memory: Memory, author: MemoryAuthor, at = now()) => {
    rows.remove(memory.id);
    return change(memory.state === "proposed" ? "rejected" : "deleted", memory, null, author, at);
  };

  return {
    add: ({ botId, chatId, ...wanted }, author) =>
      database.write(() => {
        const words = readMemory({ category: "general", ...wanted });
        const { state = "accepted", pinned = false, expiresAt = null } = wanted;
        if (state === "accepted") books.assertFree({ botId, chatId }, words.key, null);
        if (rows.countOf(botId) >= MEMORY_LIMITS.perBot) {
          throw new DomainError("memory_full", `There are ${MEMORY_LIMITS.perBot} memories already`, {
            params: { limit: MEMORY_LIMITS.perBot },
          });
        }
        const createdAt = now();
        const { key, content, category } = words;
        const memory = rows.insert({
          ...{ botId, chatId, key, content, category, state, pinned, expiresAt },
          ...sourceOf(author),
          ...{ createdAt, updatedAt: createdAt },
        });
        change("created", null, memory, author);
        return memory;
      }),
    update: (id, { expectedUpdatedAt, ...wanted }, author) =>
      database.write(() => {
        const before = books.require(id);
        if (expectedUpdatedAt !== undefined && expectedUpdatedAt !== before.updatedAt) {
          throw new DomainError("memory_changed", "This memory was changed in the meantime");
        }
        const after = { ...before, ...readMemory(given(wanted)) };
        if (isSame(before, after)) return before;
        if (after.state === "accepted") books.assertFree(after, after.key, id);
        if (after.content !== before.content) Object.assign(after, sourceOf(author));
        after.updatedAt = books.nextUpdatedAt(before);
        rows.put(after, before);
        change("updated", before, after, author);
        return after;
      }),
    remove: (id, author) =>
      database.write(() => {
        const memory = rows.find(id);
        return memory && remove(memory, author);
      }),
    accept: (id, author) =>
      database.write(() => {
        const before = books.require(id);
        if (before.state === "accepted") return before;
        const replaced = rows.holderOf(before, before.key);
        // Right before it in the log, and at the same time: undoing the one brings the other back.
        const at = now();
        if (replaced) remove(replaced, author, at);
        const after: Memory = { ...before, state: "accepted", updatedAt: books.nextUpdatedAt(before) };
        rows.put(after, before);
        change("accepted", before, after, author, at);
        return after;
      }),
    undo: createMemoryUndo({ database, books }),
    find: rows.find,
    change: log.find,
    isFor,
    list: (filter) => rows.list(filter, now()),
    page: (filter, page) => rows.page(filter, page, now()),
    history: log.of,
    changes: (filter, limit) => {
      const owners = filter.of ? [filter.of] : filter.for && ownersFor(filter.for);
      const { ofBot } = filter;
      return log.newest({ ...(owners && { owners }), ...(ofBot !== undefined && { botId: ofBot }) }, limit);
    },
  };
};

const sourceOf = ({ origin, messageId, turnId, userId, userName }: MemoryAuthor) => ({
  origin,
  sourceMessageId: messageId,
  sourceTurnId: turnId,
  sourceUserId: userId,
  sourceUserName: userName,
});

/** Without what is not given: an absent field stays as it is. */
const given = <Fields extends object>(fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
