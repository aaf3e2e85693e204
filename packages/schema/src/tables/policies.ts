import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { HoldKind } from "../enums.ts";

/** What a person has set for everything, for a bot or for a chat; the narrowest scope wins. */
export const policies = sqliteTable(
  "policies",
  {
    /** `global`, `bot:<bot id>` or `chat:<chat's integer id>`. */
    scope: text().notNull(),
    name: text().notNull(),
    /** JSON, checked by the contract's schema of that name. */
    value: text().notNull(),
    updatedAt: integer("updated_at").notNull(),
    updatedBy: text("updated_by").notNull(),
  },
  (table) => [primaryKey({ columns: [table.scope, table.name] })],
);

/** Why turns stand still. A hold without `released_at` is in force until it is released or its time has come. */
export const holds = sqliteTable(
  "holds",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    kind: text().$type<HoldKind>().notNull(),
    /** As in `policies`. */
    scope: text().notNull(),
    detail: text().notNull().default(""),
    until: integer(),
    createdAt: integer("created_at").notNull(),
    createdBy: text("created_by").notNull(),
    releasedAt: integer("released_at"),
    releasedBy: text("released_by"),
  },
  (table) => [index("holds_open").on(table.releasedAt, table.kind)],
);
