import type { Database } from "@steward/schema/sqlite";
import { idempotencyKeys } from "@steward/schema/tables";
import { and, eq, lt, sql } from "drizzle-orm";

/** Clients' keys for turns that they have submitted. */
export interface IdempotencyRepository {
  find(scope: string, key: string): { digest: string; turnId: string } | null;
  /** Takes part in the open transaction. */
  insert(row: typeof idempotencyKeys.$inferInsert): void;
  /** Drops keys given before `before`. */
  prune(before: number): void;
}

export const createIdempotencyRepository = ({ db }: { db: Database }): IdempotencyRepository => {
  // Prepared once: both stand before every prompt.
  const byName = db
    .select({ digest: idempotencyKeys.digest, turnId: idempotencyKeys.turnId })
    .from(idempotencyKeys)
    .where(
      and(
        eq(idempotencyKeys.scope, sql.placeholder("scope")),
        eq(idempotencyKeys.key, sql.placeholder("key")),
      ),
    )
    .prepare();
  const insertKey = db
    .insert(idempotencyKeys)
    .values({
      scope: sql.placeholder("scope"),
      key: sql.placeholder("key"),
      digest: sql.placeholder("digest"),
      turnId: sql.placeholder("turnId"),
      createdAt: sql.placeholder("createdAt"),
    })
    .prepare();
  return {
    find: (scope, key) => byName.get({ scope, key }) ?? null,
    insert: (row) => {
      insertKey.run({ ...row });
    },
    prune: (before) => {
      db.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, before)).run();
    },
  };
};
