import { failpoint } from "@steward/platform/failpoint";
import type { CoreDeps } from "./core-deps.ts";
import { tidyPartials } from "./files/tidy-partials.ts";
import type { EmbeddingPipeline } from "./search/embedding/embedding-pipeline.ts";
import type { ConversationSummaries } from "./summaries/conversation-summaries.ts";
import type { RecoveryReport } from "./turns/recovery.ts";
import type { Commands } from "./wiring/wire-commands.ts";
import type { FileRooms } from "./wiring/wire-files.ts";
import type { Records } from "./wiring/wire-records.ts";
import type { SearchRooms } from "./wiring/wire-search.ts";
import type { Sessions } from "./wiring/wire-sessions.ts";
import type { Turns } from "./wiring/wire-turns.ts";

/** From the start to the end of the service. */
export interface CoreLife {
  /** Takes up what an earlier boot left. Call once; until then nothing is accepted. */
  recover(): Promise<RecoveryReport & { reaped: number }>;
  /** Refuses new work, gives running turns `drainMs`, ends every process. */
  stop(drainMs: number): Promise<void>;
}

/** How far the service has come: everything that takes work asks. */
export class CorePhase {
  #phase: "recovering" | "open" | "stopping" = "recovering";

  readonly isOpen = (): boolean => this.#phase === "open";
  readonly isStopping = (): boolean => this.#phase === "stopping";

  open(): void {
    this.#phase = "open";
  }
  close(): void {
    this.#phase = "stopping";
  }
}

/** The order in which everything is taken up, and given back. */
export const createCoreLife = (
  deps: CoreDeps,
  rooms: {
    phase: CorePhase;
    records: Records;
    search: SearchRooms;
    files: FileRooms;
    sessions: Sessions;
    turns: Turns;
    commands: Commands;
    embedding: Pick<EmbeddingPipeline, "start" | "stop">;
    summaries: Pick<ConversationSummaries, "stop">;
  },
): CoreLife => {
  const { workspaces, log } = deps;
  const { chats, files, gatewayRequests, policies, storage, instanceId } = rooms.records;
  const { phase } = rooms;
  const { approvals, holds, sessions } = rooms.sessions;
  const { attachments, stopListening, gathering, recovery, recoveryWatch, triage } = rooms.turns;
  const { intake, outbox } = rooms.files;

  return {
    recover: async () => {
      const reaped = await deps.reapProcesses(instanceId);
      failpoint("recovery.reaped");
      rooms.search.indexer.start();
      approvals.expireLeftOver();
      gatewayRequests.breakOpen();
      holds.start();
      const report = deps.database.syncedOnce(() => recovery.atBoot());
      recoveryWatch.start();
      tidyPartials({ chats, files, workspaces, log, isReceiving: intake.isReceiving });
      await outbox.recover();
      failpoint("recovery.done");
      rooms.commands.own.start();
      rooms.embedding.start();
      phase.open();
      if (policies.get("triage", null) !== "off") triage.warm();
      return { ...report, reaped };
    },
    stop: async (drainMs) => {
      phase.close();
      recoveryWatch.stop();
      rooms.commands.own.stop();
      gathering.stop();
      attachments.stop();
      stopListening.abort();
      holds.stop();
      await Promise.all([
        sessions.stop(drainMs),
        triage.stop(),
        rooms.summaries.stop(),
        rooms.embedding.stop(),
      ]);
      await outbox.idle();
      rooms.search.indexer.stop();
      await rooms.search.runner.stop();
      storage.stop();
    },
  };
};
