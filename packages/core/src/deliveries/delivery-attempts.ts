import type { Database } from "@steward/schema/sqlite";
import { deliveryAttempts } from "@steward/schema/tables";
import { asc, eq, lt } from "drizzle-orm";

/** How one try to deliver something ended. */
export interface DeliveryAttempt {
  /** UTC ms, when its front end told. */
  at: number;
  outcome: "retry" | "delivered" | "possibly_delivered" | "dead";
  error: string | null;
}

export interface DeliveryAttempts {
  /** Takes part in the transaction that is open. */
  note(deliveryId: string, attempt: DeliveryAttempt): void;
  /** Oldest first. */
  of(deliveryId: string): DeliveryAttempt[];
  /** Forgets those before `before`. */
  prune(before: number): void;
}

export const createDeliveryAttempts = ({ db }: { db: Database }): DeliveryAttempts => ({
  note: (deliveryId, attempt) => {
    db.insert(deliveryAttempts)
      .values({ deliveryId, ...attempt })
      .run();
  },
  of: (deliveryId) =>
    db
      .select({
        at: deliveryAttempts.at,
        outcome: deliveryAttempts.outcome,
        error: deliveryAttempts.error,
      })
      .from(deliveryAttempts)
      .where(eq(deliveryAttempts.deliveryId, deliveryId))
      .orderBy(asc(deliveryAttempts.id))
      .all(),
  prune: (before) => {
    db.delete(deliveryAttempts).where(lt(deliveryAttempts.at, before)).run();
  },
});
