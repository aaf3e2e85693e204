import { DomainError } from "@steward/contract/errors";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { isSame, type MemoryBooks } from "./memory-books.ts";
import type { Memory, MemoryAuthor, MemoryChange, MemoryService } from "./memory-service.ts";

/** Taking changes back: possible as long as what a change has made is what stands there now. */
export const createMemoryUndo = ({
  database,
  books,
}: {
  database: OpenDatabase;
  books: MemoryBooks;
}): MemoryService["undo"] => {
  const { rows, log } = books;

  const restore = (present: Memory | null, wanted: Memory | null): Memory | null => {
    if (wanted === null) {
      if (present) rows.remove(present.id);
      return null;
    }
    if (wanted.state === "accepted") books.assertFree(wanted, wanted.key, wanted.id);
    const restored = { ...wanted, updatedAt: books.nextUpdatedAt(present ?? wanted) };
    if (present) rows.put(restored, present);
    else rows.insert(restored);
    return restored;
  };

  /** The one that gave way when this was accepted. */
  const replacedBy = ({ id, action, after, at }: MemoryChange): MemoryChange | null => {
    if (action !== "accepted" || after === null) return null;
    const earlier = log.find(id - 1);
    const { action: was, before, undoneBy } = earlier ?? {};
    const gaveWay = was === "deleted" && undoneBy === null && before?.key === after.key && earlier?.at === at;
    return gaveWay && before?.botId === after.botId && before.chatId === after.chatId ? earlier : null;
  };

  const undo = (change: MemoryChange, author: MemoryAuthor): Memory | null => {
    const present = rows.find(change.memoryId);
    if (change.undoneBy !== null || !isSame(present, change.after)) {
      throw new DomainError("memory_changed", "Something newer stands on this change");
    }
    const restored = restore(present, change.before);
    const by = log.note({ action: "restored", before: present, after: restored, at: books.now() }, author);
    log.noteUndone(change.id, by.id);
    const replaced = replacedBy(change);
    if (replaced) undo(replaced, author);
    return restored;
  };

  return (changeId, author) =>
    database.write(() => {
      const change = log.find(changeId);
      if (!change) throw new DomainError("memory_not_found", "No such change of a memory");
      return undo(change, author);
    });
};
