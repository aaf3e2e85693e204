import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** A browser that is signed in to the web UI. */
export const webSessions = sqliteTable("web_sessions", {
  id: text().primaryKey(),
  /** SHA-256 of the cookie, which is nowhere kept. */
  secretHash: text("secret_hash").notNull().unique(),
  /** Of the API token that it was signed in under: another token, and it is signed out. */
  tokenDigest: text("token_digest").notNull(),
  /** What its user agent calls itself, shortened; empty when it says nothing known. */
  label: text().notNull(),
  createdAt: integer("created_at").notNull(),
  lastSeenAt: integer("last_seen_at").notNull(),
});
