import { DomainError } from "@steward/contract/errors";
import type { Database } from "@steward/schema/sqlite";
import { memories } from "@steward/schema/tables";
import { and, count, desc, eq, gt, inArray, isNull, lt, lte, or, type SQL } from "drizzle-orm";
import type { Memory, MemoryFilter, MemoryOwner, MemoryPage } from "./memory-service.ts";

/** The rows as they stand now. All of it takes part in the transaction that is open, if one is. */
export interface MemoryRepository {
  find(id: number): Memory | null;
  /** The accepted one of this key. */
  holderOf(owner: MemoryOwner, key: string): Memory | null;
  countOf(botId: string): number;
  insert(memory: Omit<Memory, "id"> & { id?: number }): Memory;
  /** Writes what differs from `before` alone: what is not touched is not indexed anew. */
  put(memory: Memory, before: Memory): void;
  remove(id: number): void;
  list(filter: MemoryFilter, now: number): Memory[];
  page(
    filter: MemoryFilter,
    page: { limit: number; after?: string; offset?: number },
    now: number,
  ): MemoryPage;
  /** Ids of those whose time was over before this, so many at most. */
  expiredBefore(before: number, limit: number): number[];
}

/** Everybody's: both ids are empty. */
const SHARED: MemoryOwner = { botId: "", chatId: "" };

/** Whose memories a chat may know: its own, its bot's, everybody's. */
export const ownersFor = ({ botId, chatId }: MemoryOwner): MemoryOwner[] => [
  { botId, chatId },
  { botId, chatId: "" },
  SHARED,
];

export const isFor = (memory: MemoryOwner, owner: MemoryOwner): boolean =>
  ownersFor(owner).some(({ botId, chatId }) => memory.botId === botId && memory.chatId === chatId);

const isOf = ({ botId, chatId }: MemoryOwner): SQL | undefined =>
  and(eq(memories.botId, botId), eq(memories.chatId, chatId));

const matches = (filter: MemoryFilter, now: number): SQL | undefined => {
  const { key, category, state, pinned } = filter;
  return and(
    filter.for && or(...ownersFor(filter.for).map(isOf)),
    filter.of && isOf(filter.of),
    filter.ofBot === undefined ? undefined : eq(memories.botId, filter.ofBot),
    key === undefined ? undefined : eq(memories.key, key),
    category === undefined ? undefined : eq(memories.category, category),
    state === undefined ? undefined : eq(memories.state, state),
    pinned === undefined ? undefined : eq(memories.pinned, pinned),
    filter.withExpired === true ? undefined : or(isNull(memories.expiresAt), gt(memories.expiresAt, now)),
  );
};

export const createMemoryRepository = ({ db }: { db: Database }): MemoryRepository => ({
  find: (id) => db.select().from(memories).where(eq(memories.id, id)).get() ?? null,
  holderOf: (owner, key) =>
    db
      .select()
      .from(memories)
      .where(and(isOf(owner), eq(memories.key, key), eq(memories.state, "accepted")))
      .get() ?? null,
  countOf: (botId) =>
    db.select({ count: count() }).from(memories).where(eq(memories.botId, botId)).get()?.count ?? 0,
  insert: (memory) => db.insert(memories).values(memory).returning().get(),
  put: (memory, before) => {
    const differs = ([name, value]: [string, unknown]) => before[name as keyof Memory] !== value;
    const values = Object.fromEntries(Object.entries(memory).filter(differs));
    db.update(memories).set(values).where(eq(memories.id, memory.id)).run();
  },
  remove: (id) => {
    db.delete(memories).where(eq(memories.id, id)).run();
  },
  list: (filter, now) =>
    db
      .select()
      .from(memories)
      .where(matches(filter, now))
      .orderBy(desc(memories.updatedAt), desc(memories.id))
      .all(),
  page: (filter, { limit, after, offset = 0 }, now) => {
    const rows = db
      .select()
      .from(memories)
      .where(and(matches(filter, now), after === undefined ? undefined : isAfter(after)))
      .orderBy(desc(memories.pinned), desc(memories.updatedAt), desc(memories.id))
      .limit(limit + 1)
      .offset(offset)
      .all();
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      memories: shown,
      next: rows.length > limit && last ? cursorOf(last) : null,
      total: db.select({ count: count() }).from(memories).where(matches(filter, now)).get()?.count ?? 0,
    };
  },
  expiredBefore: (before, limit) =>
    db
      .select({ id: memories.id })
      .from(memories)
      .where(lte(memories.expiresAt, before))
      .limit(limit)
      .all()
      .map(({ id }) => id),
});

/** Where a page ends: pinned or not, changed when, which one. */
const cursorOf = ({ pinned, updatedAt, id }: Memory): string => `${pinned ? 1 : 0}.${updatedAt}.${id}`;

const isAfter = (cursor: string): SQL | undefined => {
  const [, pinned, updatedAt, id] = /^([01])\.(\d{1,16})\.(\d{1,16})$/.exec(cursor)?.map(Number) ?? [];
  if (pinned === undefined || updatedAt === undefined || id === undefined) {
    throw new DomainError("validation_failed", "This is no cursor of a page of memories");
  }
  const isLater = or(
    lt(memories.updatedAt, updatedAt),
    and(eq(memories.updatedAt, updatedAt), lt(memories.id, id)),
  );
  const isSame = and(eq(memories.pinned, pinned === 1), isLater);
  return pinned === 1 ? or(isSame, inArray(memories.pinned, [false])) : isSame;
};
