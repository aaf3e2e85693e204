import type { Clock } from "@steward/platform/clock";
import type { PolicyService } from "../policies/policy-service.ts";
import type { HistoryDeletion } from "./history-deletion.ts";
import type { SessionRepository } from "./session-repository.ts";

const DAY_MS = 86_400_000;

/** Deletes what was said longer ago than a person wants it kept; by default nothing is. */
export const createHistoryRetention = (deps: {
  sessions: Pick<SessionRepository, "begun">;
  deletion: Pick<HistoryDeletion, "session">;
  policies: Pick<PolicyService, "get">;
  clock: Clock;
}): { sweep(): Promise<void> } => ({
  sweep: async () => {
    for (const { botId, sessionId, startedAt, chatRef } of deps.sessions.begun()) {
      // A client's own session belongs to its bot.
      const days = deps.policies.get("keepMessagesDays", { id: chatRef ?? 0, botId });
      if (days === null) continue;
      const before = deps.clock.now() - days * DAY_MS;
      if (startedAt < before) await deps.deletion.session({ botId, sessionId }, before);
    }
  },
});
