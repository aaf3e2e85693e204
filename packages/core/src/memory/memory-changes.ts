import type { MemoryAction } from "@steward/schema/enums";
import type { Database } from "@steward/schema/sqlite";
import { memoryChanges } from "@steward/schema/tables";
import { and, desc, eq, or, type SQL, sql } from "drizzle-orm";
import type { EventHub } from "../events/event-hub.ts";
import type { Memory, MemoryAuthor, MemoryChange, MemoryOwner } from "./memory-service.ts";

/** Everything that was ever done to memories. Takes part in the transaction that is open. */
export interface MemoryChangeLog {
  find(id: number): MemoryChange | null;
  note(
    change: { action: MemoryAction; before: Memory | null; after: Memory | null; at: number },
    author: MemoryAuthor,
  ): MemoryChange;
  /** `undone` was taken back by `by`; what `undone` itself had taken back holds again. */
  noteUndone(undone: number, by: number): void;
  of(memoryId: number): MemoryChange[];
  newest(of: { owners?: readonly MemoryOwner[]; botId?: string }, limit: number): MemoryChange[];
  /** A group lives on under another id: what is known of its memories does as well. */
  move(botId: string, fromChatId: string, toChatId: string): void;
}

type Row = typeof memoryChanges.$inferSelect;

const parse = (row: Row): MemoryChange => ({
  ...row,
  before: row.before === null ? null : (JSON.parse(row.before) as Memory),
  after: row.after === null ? null : (JSON.parse(row.after) as Memory),
});

/** Whose it was: a memory that is gone stands in its changes alone. */
const owner = (field: "botId" | "chatId"): SQL =>
  sql`json_extract(coalesce(${memoryChanges.after}, ${memoryChanges.before}), ${`$.${field}`})`;

export const createMemoryChangeLog = ({
  db,
  hub,
}: {
  db: Database;
  hub: Pick<EventHub, "publish">;
}): MemoryChangeLog => ({
  find: (id) => {
    const row = db.select().from(memoryChanges).where(eq(memoryChanges.id, id)).get();
    return row ? parse(row) : null;
  },
  note: ({ action, before, after, at }, { origin, userId, userName, turnId }) => {
    const memoryId = after?.id ?? before?.id;
    if (memoryId === undefined) throw new TypeError("a change of nothing");
    hub.publish("memories_changed", {});
    return parse(
      db
        .insert(memoryChanges)
        .values({
          ...{ memoryId, action, origin, userId, userName, turnId, at },
          before: before && JSON.stringify(before),
          after: after && JSON.stringify(after),
        })
        .returning()
        .get(),
    );
  },
  noteUndone: (undone, by) => {
    db.update(memoryChanges).set({ undoneBy: null }).where(eq(memoryChanges.undoneBy, undone)).run();
    db.update(memoryChanges).set({ undoneBy: by }).where(eq(memoryChanges.id, undone)).run();
  },
  of: (memoryId) =>
    db
      .select()
      .from(memoryChanges)
      .where(eq(memoryChanges.memoryId, memoryId))
      .orderBy(desc(memoryChanges.id))
      .all()
      .map(parse),
  newest: ({ owners, botId }, limit) =>
    db
      .select()
      .from(memoryChanges)
      .where(
        and(
          botId === undefined ? undefined : eq(owner("botId"), botId),
          owners &&
            or(
              ...owners.map((each) => and(eq(owner("botId"), each.botId), eq(owner("chatId"), each.chatId))),
            ),
        ),
      )
      .orderBy(desc(memoryChanges.id))
      .limit(limit)
      .all()
      .map(parse),
  move: (botId, fromChatId, toChatId) => {
    for (const column of [memoryChanges.before, memoryChanges.after]) {
      const field = (name: string): SQL => sql`json_extract(${column}, ${`$.${name}`})`;
      db.update(memoryChanges)
        .set({ [column.name]: sql`json_set(${column}, '$.chatId', ${toChatId})` })
        .where(and(eq(field("botId"), botId), eq(field("chatId"), fromChatId)))
        .run();
    }
  },
});
