import { setImmediate } from "node:timers/promises";
import type { Clock } from "@steward/platform/clock";
import type { OpenDatabase } from "@steward/schema/sqlite";
import {
  approvals,
  auditEntries,
  commandRuns,
  gatewayRequests,
  inbox,
  memories,
  memoryChanges,
  pairingRequests,
} from "@steward/schema/tables";
import { and, gte, isNotNull, lt, ne, notInArray } from "drizzle-orm";
import type { DeliveryAttempts } from "../deliveries/delivery-attempts.ts";
import type { PolicyService } from "../policies/policy-service.ts";
import type { RecallRepository } from "../recall/recall-repository.ts";
import type { AnsweredRequests } from "../repeats/answered-requests.ts";
import type { IdempotencyRepository } from "../turns/idempotency-repository.ts";
import type { TurnEventRepository } from "../turns/turn-event-repository.ts";

const DAY_MS = 86_400_000;
/** DESIGN §13.5: after a quiet week Telegram's update ids begin anew, so older ones tell no repeat any more. */
const KEEP_IDS_MS = 7 * DAY_MS;

/** Drops what is only needed for a while. Messages, turns and their results stay, unless a person wants it otherwise. */
export const createRetentionService = (deps: {
  database: OpenDatabase;
  chunks: Pick<TurnEventRepository, "pruneSome">;
  attempts: Pick<DeliveryAttempts, "prune">;
  keys: Pick<IdempotencyRepository, "prune">;
  answered: Pick<AnsweredRequests, "prune">;
  messageRetention: { sweep(): Promise<void> };
  policies: Pick<PolicyService, "get">;
  recalls: Pick<RecallRepository, "forgetGone">;
  dropExpiredMemories: () => Promise<void>;
  clock: Clock;
}): { sweep(): Promise<void> } => {
  const { db } = deps.database;
  const daysAgo = (days: number): number => deps.clock.now() - days * DAY_MS;

  /** By far the most rows: in slices, and everything else has its turn in between. */
  const dropLogs = async (before: number): Promise<void> => {
    let cursor: string | null = "";
    while (cursor !== null) {
      cursor = deps.chunks.pruneSome(before, cursor);
      await setImmediate();
    }
  };

  /** What was forgotten stays forgotten: soon nothing tells of it any more, and no undo brings it back. */
  const dropMemoryChanges = (): void => {
    const isGone = notInArray(memoryChanges.memoryId, db.select({ id: memories.id }).from(memories));
    const forgottenBefore = daysAgo(deps.policies.get("keepForgottenDays", null));
    const stillTold = db
      .select({ id: memoryChanges.memoryId })
      .from(memoryChanges)
      .where(gte(memoryChanges.at, forgottenBefore));
    db.delete(memoryChanges)
      .where(and(isGone, notInArray(memoryChanges.memoryId, stillTold)))
      .run();
    const keepDays = deps.policies.get("keepMemoryChangesDays", null);
    if (keepDays === null) return;
    db.delete(memoryChanges)
      .where(lt(memoryChanges.at, daysAgo(keepDays)))
      .run();
  };

  return {
    sweep: async () => {
      const idsBefore = deps.clock.now() - KEEP_IDS_MS;
      const logsBefore = daysAgo(deps.policies.get("keepTurnEventsDays", null));
      await dropLogs(logsBefore);
      await deps.messageRetention.sweep();
      await deps.dropExpiredMemories();
      dropMemoryChanges();
      deps.recalls.forgetGone();
      deps.attempts.prune(logsBefore);
      db.delete(commandRuns).where(lt(commandRuns.startedAt, idsBefore)).run();
      deps.keys.prune(idsBefore);
      deps.answered.prune(idsBefore);
      const settled = ne(inbox.state, "pending");
      const payloadsBefore = daysAgo(deps.policies.get("keepPayloadsDays", null));
      db.update(inbox)
        .set({ payload: null })
        .where(and(settled, lt(inbox.receivedAt, payloadsBefore), isNotNull(inbox.payload)))
        .run();
      db.delete(inbox)
        .where(and(settled, lt(inbox.receivedAt, Math.min(idsBefore, payloadsBefore))))
        .run();
      db.delete(gatewayRequests).where(lt(gatewayRequests.createdAt, idsBefore)).run();
      db.delete(pairingRequests).where(lt(pairingRequests.expiresAt, idsBefore)).run();
      const keepApprovalsDays = deps.policies.get("keepApprovalsDays", null);
      if (keepApprovalsDays !== null) {
        db.delete(approvals)
          .where(and(ne(approvals.state, "pending"), lt(approvals.decidedAt, daysAgo(keepApprovalsDays))))
          .run();
      }
      const keepAuditDays = deps.policies.get("keepAuditDays", null);
      if (keepAuditDays !== null)
        db.delete(auditEntries)
          .where(lt(auditEntries.at, daysAgo(keepAuditDays)))
          .run();
    },
  };
};
