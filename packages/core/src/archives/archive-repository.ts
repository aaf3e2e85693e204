import { TERMINAL_TURN_STATES } from "@steward/schema/enums";
import type { DatabaseOrTransaction, OpenDatabase } from "@steward/schema/sqlite";
import { archives, bots, chats, conversations, deliveries, turns } from "@steward/schema/tables";
import { and, asc, desc, eq, inArray, isNotNull, isNull, lt, max, notInArray } from "drizzle-orm";
import type { ChatRecord } from "../chats/chat-repository.ts";

export type ArchiveRecord = typeof archives.$inferSelect;

export interface ArchiveRepository {
  /** The latest first; of one chat, or of all. */
  list(chatRef: number | null): (ArchiveRecord & { chat: ChatRecord })[];
  find(id: string): ArchiveRecord | null;
  /** What of a chat is packed away now and not given up, in the order in which it was. */
  packedOf(chatRef: number): ArchiveRecord[];
  /** The archive, and that the chat is packed away, are one commit. */
  commitPacked(archive: Omit<ArchiveRecord, "restoredAt" | "failedAt" | "givenUpAt">): void;
  commitRestored(id: string, chatRef: number, now: number): void;
  noteFailure(id: string, now: number): void;
  /** Its chat goes on without it. */
  giveUp(id: string, chatRef: number, now: number): void;
  /** Given up before `before`. */
  givenUpBefore(before: number): ArchiveRecord[];
  /** Archives whose content was brought back before `before`. */
  restoredBefore(before: number): ArchiveRecord[];
  delete(id: string): void;
  /** Chats that are not packed away, with when something was last said there. */
  unpackedChats(): { chat: ChatRecord; lastActiveAt: number }[];
  /** Of every conversation of a chat: the CLI's session. */
  cliSessionIds(chatRef: number): string[];
  /** A turn that is not settled, held ones too, or a delivery on its way. */
  hasUnfinished(chatRef: number): boolean;
  /** Whether somebody reads what Steward says there by itself. */
  hasReader(chat: ChatRecord): boolean;
}

export const createArchiveRepository = ({ database }: { database: OpenDatabase }): ArchiveRepository => {
  const { db } = database;
  const packedIn = (chatRef: number) =>
    and(eq(archives.chatRef, chatRef), isNull(archives.restoredAt), isNull(archives.givenUpAt));
  const unpackedWhenAllAre = (tx: DatabaseOrTransaction, chatRef: number): void => {
    if (tx.select({ id: archives.id }).from(archives).where(packedIn(chatRef)).get()) return;
    tx.update(chats).set({ archivedAt: null }).where(eq(chats.id, chatRef)).run();
  };
  return {
    list: (chatRef) =>
      db
        .select()
        .from(archives)
        .innerJoin(chats, eq(chats.id, archives.chatRef))
        .where(chatRef === null ? undefined : eq(archives.chatRef, chatRef))
        .orderBy(desc(archives.createdAt), desc(archives.id))
        .all()
        .map((row) => ({ ...row.archives, chat: row.chats })),
    find: (id) => db.select().from(archives).where(eq(archives.id, id)).get() ?? null,
    packedOf: (chatRef) =>
      db
        .select()
        .from(archives)
        .where(packedIn(chatRef))
        .orderBy(asc(archives.createdAt), asc(archives.id))
        .all(),
    commitPacked: (archive) => {
      database.write((tx) => {
        tx.insert(archives).values(archive).run();
        tx.update(chats).set({ archivedAt: archive.createdAt }).where(eq(chats.id, archive.chatRef)).run();
      });
    },
    commitRestored: (id, chatRef, now) => {
      database.write((tx) => {
        const restored = { restoredAt: now, failedAt: null, givenUpAt: null };
        tx.update(archives).set(restored).where(eq(archives.id, id)).run();
        unpackedWhenAllAre(tx, chatRef);
      });
    },
    noteFailure: (id, now) => {
      db.update(archives).set({ failedAt: now }).where(eq(archives.id, id)).run();
    },
    giveUp: (id, chatRef, now) => {
      database.write((tx) => {
        tx.update(archives).set({ givenUpAt: now }).where(eq(archives.id, id)).run();
        unpackedWhenAllAre(tx, chatRef);
      });
    },
    givenUpBefore: (before) => db.select().from(archives).where(lt(archives.givenUpAt, before)).all(),
    restoredBefore: (before) =>
      db
        .select()
        .from(archives)
        .where(and(isNotNull(archives.restoredAt), lt(archives.restoredAt, before)))
        .all(),
    delete: (id) => {
      db.delete(archives).where(eq(archives.id, id)).run();
    },
    unpackedChats: () => {
      const said = new Map(
        db
          .select({ chatRef: turns.chatRef, at: max(turns.receivedAt) })
          .from(turns)
          .groupBy(turns.chatRef)
          .all()
          .map(({ chatRef, at }) => [chatRef, at ?? 0]),
      );
      const answered = new Map(
        db
          .select({ chatRef: conversations.chatRef, at: max(conversations.lastActiveAt) })
          .from(conversations)
          .groupBy(conversations.chatRef)
          .all()
          .map(({ chatRef, at }) => [chatRef, at ?? 0]),
      );
      return db
        .select()
        .from(chats)
        .where(isNull(chats.archivedAt))
        .all()
        .map((chat) => ({
          chat,
          lastActiveAt: Math.max(chat.createdAt, said.get(chat.id) ?? 0, answered.get(chat.id) ?? 0),
        }));
    },
    cliSessionIds: (chatRef) =>
      db
        .select({ id: conversations.cliSessionId })
        .from(conversations)
        .where(eq(conversations.chatRef, chatRef))
        .all()
        .map(({ id }) => id),
    hasUnfinished: (chatRef) =>
      db
        .select({ id: turns.id })
        .from(turns)
        .where(and(eq(turns.chatRef, chatRef), notInArray(turns.state, [...TERMINAL_TURN_STATES])))
        .get() !== undefined ||
      db
        .select({ id: deliveries.id })
        .from(deliveries)
        .where(and(eq(deliveries.chatRef, chatRef), inArray(deliveries.state, ["pending", "sending"])))
        .get() !== undefined,
    hasReader: (chat) =>
      db.select({ kind: bots.kind }).from(bots).where(eq(bots.id, chat.botId)).get()?.kind === "telegram",
  };
};
