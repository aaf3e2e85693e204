import type { Logger } from "@steward/platform/logger";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { ArchiveService } from "../archives/archive-service.ts";
import type { PolicyService } from "../policies/policy-service.ts";
import type { SessionManager } from "../sessions/session-manager.ts";
import type { ConversationSummaries } from "../summaries/conversation-summaries.ts";

const DAY_MS = 86_400_000;

/** What keeps the house small. Each step is run on a schedule of its own, by whoever has the clock; none throws. */
export interface Housekeeping {
  /** Drops rows that have had their time. */
  dropOld(): Promise<void>;
  /** Packs silent chats away, and ends what earlier packing and unpacking has left. */
  packSilentChats(): Promise<void>;
  /** Summarises one silent conversation into memory, where that is wanted and one is due. */
  summariseSilent(): Promise<void>;
  /** Writes the log of the database back and cuts it to nothing; not while a turn runs. */
  shrinkLog(): Promise<void>;
}

export const createHousekeeping = (deps: {
  retention: { sweep(): Promise<void> };
  archives: ArchiveService;
  summaries: Pick<ConversationSummaries, "summariseNext">;
  policies: Pick<PolicyService, "get">;
  sessions: Pick<SessionManager, "all">;
  database: Pick<OpenDatabase, "checkpoint">;
  log: Logger;
}): Housekeeping => {
  const { archives, log } = deps;
  const attempt = async (step: string, work: () => unknown): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.warn({ err: error, step }, "housekeeping failed");
    }
  };

  return {
    dropOld: () => attempt("drop old rows", () => deps.retention.sweep()),
    packSilentChats: async () => {
      await attempt("finish removals", () => archives.finishRemovals());
      await attempt("drop restored archives", () =>
        archives.dropRestored(deps.policies.get("keepRestoredArchivesDays", null) * DAY_MS),
      );
      await attempt("pack silent chats", () => archives.archiveSilent());
    },
    summariseSilent: () => attempt("summarise a silent conversation", () => deps.summaries.summariseNext()),
    shrinkLog: () =>
      attempt("shrink the database's log", () => {
        if (deps.sessions.all().some((session) => session.runningTurnId !== null)) return;
        deps.database.checkpoint();
      }),
  };
};
