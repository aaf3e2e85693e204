import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { FileDirection } from "../enums.ts";
import { chats } from "./chats.ts";

/** Files that came in by a chat, or went out to it. The bytes lie in the workspace; this is what is known of them. */
export const files = sqliteTable(
  "files",
  {
    id: text().primaryKey(),
    chatRef: integer("chat_ref")
      .notNull()
      .references(() => chats.id),
    direction: text().$type<FileDirection>().notNull(),
    /** Relative to the chat's workspace. Rows of older versions hold an absolute one, of which the last name counts. */
    path: text().notNull(),
    /** As its sender called it: for people, never a path. */
    originalName: text("original_name").notNull(),
    mediaType: text("media_type").notNull(),
    bytes: integer().notNull(),
    sha256: text().notNull(),
    turnId: text("turn_id"),
    createdAt: integer("created_at").notNull(),
    deletedAt: integer("deleted_at"),
  },
  (table) => [index("files_chat").on(table.chatRef, table.createdAt)],
);

/** A silent chat's workspace and transcripts, packed away; nothing is deleted that is not in here. */
export const archives = sqliteTable(
  "archives",
  {
    id: text().primaryKey(),
    chatRef: integer("chat_ref")
      .notNull()
      .references(() => chats.id),
    /** Relative to the folder of the archives. Rows of older versions hold an absolute one. */
    path: text().notNull(),
    bytes: integer().notNull(),
    fileCount: integer("file_count").notNull(),
    sha256: text().notNull(),
    createdAt: integer("created_at").notNull(),
    restoredAt: integer("restored_at"),
    /** When it could not be brought back the last time; null once it could, or when it was not tried. */
    failedAt: integer("failed_at"),
    /** When a person gave it up: its chat goes on without it. */
    givenUpAt: integer("given_up_at"),
  },
  (table) => [index("archives_chat").on(table.chatRef)],
);
