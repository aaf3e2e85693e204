import type { HoldKind } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { holds } from "@steward/schema/tables";
import { asc, eq, isNull, max } from "drizzle-orm";
import type { Hold } from "../sessions/turn-gate.ts";

/** A hold in force. `scope` as in policies: `global`, `bot:<bot id>` or `chat:<chat's integer id>`. */
export interface OpenHold extends Hold {
  id: number;
  scope: string;
  since: number;
  by: string;
}

export type NewHold = Pick<OpenHold, "kind" | "scope" | "detail" | "until" | "by">;

export interface HoldRepository {
  /** In force, oldest first. */
  open(): OpenHold[];
  /** The greatest id that was ever given; 0 = none. */
  lastId(): number;
  insert(hold: OpenHold): void;
  /** Moves its end, with what is known of it; one that had been released is in force again. */
  extend(id: number, hold: Pick<Hold, "until" | "detail">): void;
  release(id: number, by: string, now: number): void;
}

export const createHoldRepository = ({ db }: Pick<OpenDatabase, "db">): HoldRepository => {
  const toHold = (row: typeof holds.$inferSelect): OpenHold => ({
    id: row.id,
    kind: row.kind,
    scope: row.scope,
    detail: row.detail,
    until: row.until,
    since: row.createdAt,
    by: row.createdBy,
  });
  return {
    open: () =>
      db.select().from(holds).where(isNull(holds.releasedAt)).orderBy(asc(holds.id)).all().map(toHold),
    lastId: () =>
      db
        .select({ id: max(holds.id) })
        .from(holds)
        .get()?.id ?? 0,
    insert: ({ by, since, ...hold }) => {
      db.insert(holds)
        .values({ ...hold, createdAt: since, createdBy: by })
        .run();
    },
    extend: (id, { until, detail }) => {
      db.update(holds)
        .set({ until, detail, releasedAt: null, releasedBy: null })
        .where(eq(holds.id, id))
        .run();
    },
    release: (id, by, now) => {
      db.update(holds).set({ releasedAt: now, releasedBy: by }).where(eq(holds.id, id)).run();
    },
  };
};

/** Which of several holds is told: a person's word first, then what a person can mend, then what only time does. */
export const HOLD_ORDER: readonly HoldKind[] = ["panic", "login", "usage_limit", "budget"];
