import type { CoreDeps } from "../core-deps.ts";
import { createHistoryDeletion } from "../history/history-deletion.ts";
import { createHistoryRetention } from "../history/history-retention.ts";
import { createHistoryService } from "../history/history-service.ts";
import { createMessageRepository } from "../history/message-repository.ts";
import { createSessionRepository } from "../history/session-repository.ts";
import type { Records } from "./wire-records.ts";

/** What was said, to be read, taken along and deleted. */
export const wireHistory = ({ database, clock }: CoreDeps, records: Records) => {
  const { db } = database;
  const sessions = createSessionRepository({ db });
  const deletion = createHistoryDeletion({ database });
  return {
    service: createHistoryService({
      sessions,
      messages: createMessageRepository({ db, files: records.files }),
      deletion,
    }),
    messageRetention: createHistoryRetention({ sessions, deletion, policies: records.policies, clock }),
  };
};
