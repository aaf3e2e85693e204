import type { Bot } from "@steward/contract/bots";
import type { Clock } from "@steward/platform/clock";
import type { BotKind, BotState } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { bots } from "@steward/schema/tables";
import { asc, eq } from "drizzle-orm";

export interface BotService {
  register(botId: string, kind: BotKind, username: string | null, readsAllMessages?: boolean): Bot;
  reportState(botId: string, state: BotState, detail: string): Bot;
  list(): Bot[];
}

/**
 * After a quiet week Telegram may restart its update numbers anywhere: an older offset would swallow new updates, so it
 * is forgotten with a day to spare (DESIGN §13.5).
 */
const OFFSET_VALID_MS = 6 * 86_400_000;

export const createBotService = (deps: { database: OpenDatabase; clock: Clock }): BotService => {
  const { db } = deps.database;
  const { clock } = deps;
  const toBot = (row: typeof bots.$inferSelect): Bot => ({
    id: row.id,
    kind: row.kind,
    username: row.username,
    state: row.state,
    stateDetail: row.stateDetail,
    stateAt: row.stateAt,
    readsAllMessages: row.readsAllMessages,
    ackedThrough: (row.ackedAt ?? 0) > clock.now() - OFFSET_VALID_MS ? row.ackedThrough : null,
  });
  const put = (botId: string, values: Partial<typeof bots.$inferInsert> & { kind: BotKind }): Bot => {
    const now = clock.now();
    return toBot(
      db
        .insert(bots)
        .values({ id: botId, stateAt: now, createdAt: now, ...values })
        .onConflictDoUpdate({ target: bots.id, set: values })
        .returning()
        .get(),
    );
  };
  return {
    register: (botId, kind, username, readsAllMessages) =>
      put(botId, { kind, username, ...(readsAllMessages !== undefined && { readsAllMessages }) }),
    reportState: (botId, state, detail) => {
      const known = db.select({ kind: bots.kind }).from(bots).where(eq(bots.id, botId)).get();
      return put(botId, {
        kind: known?.kind ?? "telegram",
        state,
        stateDetail: detail,
        stateAt: clock.now(),
      });
    },
    list: () => db.select().from(bots).orderBy(asc(bots.createdAt)).all().map(toBot),
  };
};
