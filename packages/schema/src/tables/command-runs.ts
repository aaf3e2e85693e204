import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Programs that a person has run on the host by an own command. Committed before one starts, so that none runs twice. */
export const commandRuns = sqliteTable(
  "command_runs",
  {
    /** The client's key for this one run. */
    key: text().primaryKey(),
    name: text().notNull(),
    botId: text("bot_id").notNull(),
    actor: text().notNull(),
    startedAt: integer("started_at").notNull(),
    finishedAt: integer("finished_at"),
    /** What was answered, as JSON; null while it runs, and when nobody saw its end. */
    answer: text(),
  },
  (table) => [index("command_runs_started").on(table.startedAt)],
);
