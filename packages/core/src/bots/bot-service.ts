import type { Bot } from "@steward/contract/bots";
import type { Clock } from "@steward/platform/clock";
import type { BotKind, BotState } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { bots } from "@steward/schema/tables";
import { and, asc, eq, isNotNull } from "drizzle-orm";
import type { EventHub } from "../events/event-hub.ts";

export interface BotService {
  register(botId: string, kind: BotKind, username: string | null, readsAllMessages?: boolean): Bot;
  reportState(botId: string, state: BotState, detail: string): Bot;
  /** Who may serve the bot, as the endpoint `leaseBot` says it. */
  lease(botId: string, holder: string, forMs: number): { held: boolean; until: number };
  /** That front end's stream has ended: if the bot was its, another one may have it at once. */
  gone(botId: string, holder: string): void;
  list(): Bot[];
}

/**
 * After a quiet week Telegram may restart its update numbers anywhere: an older offset would swallow new updates, so it
 * is forgotten with a day to spare (DESIGN §13.5).
 */
const OFFSET_VALID_MS = 6 * 86_400_000;

export const createBotService = (deps: {
  database: OpenDatabase;
  hub: Pick<EventHub, "publish">;
  clock: Clock;
}): BotService => {
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
  // No front end is connected to a service that has just begun.
  db.update(bots).set({ leaseHolder: null, leaseUntil: null }).where(isNotNull(bots.leaseHolder)).run();

  return {
    lease: (botId, holder, forMs) => {
      const now = clock.now();
      const until = now + forMs;
      const known = db.select().from(bots).where(eq(bots.id, botId)).get();
      const standing = known?.leaseUntil ?? 0;
      const isFree = known?.leaseHolder == null || known.leaseHolder === holder || standing <= now;
      if (!isFree) return { held: false, until: standing };
      if (forMs === 0 && known?.leaseHolder !== holder) return { held: false, until: standing };
      const kind = known?.kind ?? "telegram";
      put(botId, { kind, leaseHolder: forMs === 0 ? null : holder, leaseUntil: until });
      return { held: forMs > 0, until };
    },
    gone: (botId, holder) => {
      db.update(bots)
        .set({ leaseHolder: null, leaseUntil: null })
        .where(and(eq(bots.id, botId), eq(bots.leaseHolder, holder)))
        .run();
      deps.hub.publish("bot_changed", { botId });
    },
    register: (botId, kind, username, readsAllMessages) => {
      const known = put(botId, {
        kind,
        username,
        ...(readsAllMessages !== undefined && { readsAllMessages }),
      });
      deps.hub.publish("bot_changed", { botId });
      return known;
    },
    reportState: (botId, state, detail) => {
      const known = db.select({ kind: bots.kind }).from(bots).where(eq(bots.id, botId)).get();
      const reported = put(botId, {
        kind: known?.kind ?? "telegram",
        state,
        stateDetail: detail,
        stateAt: clock.now(),
      });
      deps.hub.publish("bot_changed", { botId });
      return reported;
    },
    list: () => db.select().from(bots).orderBy(asc(bots.createdAt)).all().map(toBot),
  };
};
