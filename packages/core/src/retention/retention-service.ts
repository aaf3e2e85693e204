import type { Clock } from "@steward/platform/clock";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { approvals, gatewayRequests, inbox, pairingRequests } from "@steward/schema/tables";
import { and, lt, ne } from "drizzle-orm";
import type { TurnRepository } from "../turns/turn-repository.ts";

/** DESIGN §4 and §13.5: logs of ended turns, deduplication ids and keys are kept for a week. */
const KEEP_MS = 7 * 86_400_000;

/** An approval holds what a tool was called with; who allowed it stands in the audit. */
const KEEP_APPROVALS_MS = 30 * 86_400_000;

/** Drops what is only needed for a while. Messages and turns themselves stay. */
export const createRetentionService = (deps: {
  database: OpenDatabase;
  turns: TurnRepository;
  clock: Clock;
}): { sweep(): void } => ({
  sweep: () => {
    const before = deps.clock.now() - KEEP_MS;
    const { db } = deps.database;
    deps.turns.prune(before);
    db.delete(inbox)
      .where(and(lt(inbox.receivedAt, before), ne(inbox.state, "pending")))
      .run();
    db.delete(gatewayRequests).where(lt(gatewayRequests.createdAt, before)).run();
    db.delete(approvals)
      .where(
        and(lt(approvals.createdAt, deps.clock.now() - KEEP_APPROVALS_MS), ne(approvals.state, "pending")),
      )
      .run();
    db.delete(pairingRequests).where(lt(pairingRequests.expiresAt, before)).run();
  },
});
