import { failpoint } from "@steward/platform/failpoint";
import type { Logger } from "@steward/platform/logger";
import type { TurnEventLog } from "./turn-event-log.ts";
import type { TurnJournal } from "./turn-journal.ts";
import type { TurnRecord, TurnRepository } from "./turn-repository.ts";
import type { TurnQueues } from "./turn-service.ts";

export interface RecoveryReport {
  /** Waiting turns that go on waiting. */
  queued: number;
  /** Running turns that start over: no tool had started. */
  requeued: number;
  /** Running turns that are told as unfinished. */
  interrupted: number;
}

/**
 * What an earlier boot left behind, by the policy of DESIGN §4. Runs once, before anything is accepted, and after every
 * process of the earlier boot has been ended: a CLI that lost its service finishes its turn by itself.
 * Saved results are not touched: their deliveries are handed to the front end when it connects.
 */
export const recoverTurns = (deps: {
  turns: TurnRepository;
  events: TurnEventLog;
  journal: TurnJournal;
  queues: TurnQueues;
  /** The CLI session that it ran in was ended by force. */
  distrust: (record: TurnRecord) => void;
  log: Logger;
}): RecoveryReport => {
  const { turns, events, journal, queues, log } = deps;
  const report: RecoveryReport = { queued: 0, requeued: 0, interrupted: 0 };
  for (const record of turns.unsettled()) {
    failpoint("recovery.turn");
    events.open(record, false);
    if (record.state === "running") {
      deps.distrust(record);
      const fate = journal.recover(
        { record, fence: record.fence },
        { partialText: events.committedText(record.id), reason: "interrupted_by_restart", detail: null },
      );
      if (fate === "ended") {
        report.interrupted += 1;
        continue;
      }
      report.requeued += 1;
    } else {
      report.queued += 1;
    }
    if (record.parked) {
      events.append(record.id, { type: "queued", position: 1, held: true });
    } else {
      const current = turns.find(record.id);
      if (current) queues.enqueue(current);
    }
  }
  log.info({ ...report }, "turns recovered");
  return report;
};
