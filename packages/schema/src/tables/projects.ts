import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** A directory of the owner's that conversations may work in. */
export const projects = sqliteTable("projects", {
  id: text().primaryKey(),
  name: text().notNull().unique(),
  /** Absolute, as the owner listed it, links resolved. */
  path: text().notNull().unique(),
  isGit: integer("is_git", { mode: "boolean" }).notNull(),
  createdAt: integer("created_at").notNull(),
});
