import type { CoreDeps } from "../core-deps.ts";
import { createHistoryDeletion } from "../history/history-deletion.ts";
import { createHistoryRetention } from "../history/history-retention.ts";
import { createHistoryService } from "../history/history-service.ts";
import { createMessageRepository } from "../history/message-repository.ts";
import { createSessionRepository } from "../history/session-repository.ts";
import type { SummaryMemories } from "../summaries/summary-memories.ts";
import type { Records } from "./wire-records.ts";

/** What was said, to be read, taken along and deleted. */
export const wireHistory = (
  { database, clock }: CoreDeps,
  records: Records,
  { forget }: Pick<SummaryMemories, "forget">,
) => {
  const { db } = database;
  const sessions = createSessionRepository({ db });
  const deletion = createHistoryDeletion({ database, hub: records.hub, forgetSummaries: forget });
  // Summaries are what is to stay of what grows old; they go when somebody deletes what they tell of.
  const aging = createHistoryDeletion({ database, hub: records.hub, forgetSummaries: () => undefined });
  return {
    service: createHistoryService({
      sessions,
      messages: createMessageRepository({ db, files: records.files }),
      deletion,
    }),
    messageRetention: createHistoryRetention({
      sessions,
      deletion: aging,
      policies: records.policies,
      clock,
    }),
  };
};
