import { basename } from "node:path";
import type { FileRecord, FileSummary } from "@steward/contract/files";
import type { Database, DatabaseOrTransaction } from "@steward/schema/sqlite";
import { chats, files } from "@steward/schema/tables";
import { and, desc, eq, gte, inArray, isNull, sql, sum } from "drizzle-orm";
import { workspacePathOf } from "./file-folders.ts";
import { shownFileName } from "./stored-name.ts";

export type FileRow = typeof files.$inferSelect;
export type NewFile = Omit<FileRow, "deletedAt">;

export interface FileRepository {
  insert(tx: DatabaseOrTransaction, file: NewFile): void;
  /** Deleted ones too. */
  find(id: string): FileRow | null;
  /** In the given order; those that are not there, or were deleted, are left out. */
  byIds(ids: readonly string[]): FileRow[];
  /** Not deleted, newest first. */
  ofChat(chatRef: number, limit: number): FileRow[];
  /** What a turn has sent back. */
  sentBy(turn: { id: string; chatRef: number; receivedAt: number }): FileRow[];
  /** The names, in `outbox/sent/`, of everything that a chat's agent has ever sent. */
  sentNames(chatRef: number): ReadonlySet<string>;
  /** Bytes of what was sent to a chat and has not been deleted. */
  bytesOf(chatRef: number): number;
  /** The first turn that a file comes with is noted. */
  attach(tx: DatabaseOrTransaction, turnId: string, ids: readonly string[]): void;
  markDeleted(id: string, at: number): boolean;
  toRecord(row: FileRow): FileRecord;
}

export const toSummary = (row: Omit<NewFile, "chatRef" | "turnId" | "createdAt">): FileSummary => ({
  id: row.id,
  direction: row.direction,
  name: shownFileName(row.originalName),
  mediaType: row.mediaType,
  bytes: row.bytes,
  path: workspacePathOf(row),
});

export const createFileRepository = ({ db }: { db: Database }): FileRepository => {
  const present = isNull(files.deletedAt);
  const addressOfChat = (chatRef: number) =>
    db
      .select({ botId: chats.botId, chatId: chats.chatId, threadId: chats.threadId })
      .from(chats)
      .where(eq(chats.id, chatRef))
      .get();
  // Asked about every turn.
  const sentByTurn = db
    .select()
    .from(files)
    .where(
      and(
        eq(files.chatRef, sql.placeholder("chatRef")),
        gte(files.createdAt, sql.placeholder("since")),
        eq(files.turnId, sql.placeholder("turnId")),
        eq(files.direction, "out"),
        present,
      ),
    )
    .orderBy(files.createdAt, files.id)
    .prepare();

  return {
    insert: (tx, file) => {
      tx.insert(files).values(file).run();
    },
    find: (id) => db.select().from(files).where(eq(files.id, id)).get() ?? null,
    byIds: (ids) => {
      if (ids.length === 0) return [];
      const rows = db
        .select()
        .from(files)
        .where(and(inArray(files.id, [...ids]), present))
        .all();
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.flatMap((id) => byId.get(id) ?? []);
    },
    ofChat: (chatRef, limit) =>
      db
        .select()
        .from(files)
        .where(and(eq(files.chatRef, chatRef), present))
        .orderBy(desc(files.createdAt), desc(files.id))
        .limit(limit)
        .all(),
    sentBy: ({ id, chatRef, receivedAt }) => sentByTurn.all({ chatRef, turnId: id, since: receivedAt }),
    sentNames: (chatRef) => {
      const sent = and(eq(files.chatRef, chatRef), eq(files.direction, "out"));
      const rows = db.select({ path: files.path }).from(files).where(sent).all();
      // By name: the workspaces may have been moved to another place since.
      return new Set(rows.map(({ path }) => basename(path)));
    },
    bytesOf: (chatRef) =>
      Number(
        db
          .select({ total: sum(files.bytes) })
          .from(files)
          .where(and(eq(files.chatRef, chatRef), eq(files.direction, "in"), present))
          .get()?.total ?? 0,
      ),
    attach: (tx, turnId, ids) => {
      if (ids.length === 0) return;
      tx.update(files)
        .set({ turnId })
        .where(and(inArray(files.id, [...ids]), isNull(files.turnId)))
        .run();
    },
    markDeleted: (id, at) =>
      db
        .update(files)
        .set({ deletedAt: at })
        .where(and(eq(files.id, id), present))
        .run().changes === 1,
    toRecord: (row) => {
      const address = addressOfChat(row.chatRef);
      if (!address) throw new Error(`chat ${row.chatRef} does not exist`);
      return {
        ...toSummary(row),
        ...address,
        sha256: row.sha256,
        turnId: row.turnId,
        createdAt: row.createdAt,
      };
    },
  };
};
