import { failpoint } from "@steward/platform/failpoint";
import type { Logger } from "@steward/platform/logger";
import type { TurnEventLog } from "./turn-event-log.ts";
import type { TurnJournal } from "./turn-journal.ts";
import type { OpenTurn } from "./turn-queries.ts";
import type { TurnRecord } from "./turn-record.ts";
import type { TurnRepository } from "./turn-repository.ts";
import type { TurnQueues } from "./turn-types.ts";

export interface RecoveryReport {
  /** Waiting turns that go on waiting. */
  queued: number;
  /** Running turns that start over: no tool had started. */
  requeued: number;
  /** Running turns that are told as unfinished. */
  interrupted: number;
}

/** What the live sessions have in their hands. */
export interface LiveTurns {
  runs(turn: OpenTurn): boolean;
  /** It stands in its chat's queue. */
  waits(turn: OpenTurn): boolean;
}

export interface TurnRecovery {
  /**
   * What an earlier boot left behind, by the policy of DESIGN §4. Once, before anything is accepted, and after every
   * process of the earlier boot has been ended: a CLI that lost its service finishes its turn by itself.
   * Saved results are not touched: their deliveries are handed to the front end when it connects.
   */
  atBoot(): RecoveryReport;
  /**
   * Looks for turns that nobody has: one that counts as running while no session runs it, one that waits in no queue.
   * What a session holds is never touched, however long it takes. A turn is taken up when two looks in a row have found
   * it: in between, whoever has it in hand (a result that waits to be written) can put it right.
   */
  sweep(): RecoveryReport;
}

/** However it came to this many starts, there is no further one. The policy itself allows two. */
const MOST_ATTEMPTS = 3;

export const createTurnRecovery = (deps: {
  turns: TurnRepository;
  events: TurnEventLog;
  journal: TurnJournal;
  queues: TurnQueues;
  live: LiveTurns;
  bootId: string;
  /** The CLI session that it ran in was ended by force. */
  distrust: (record: TurnRecord) => void;
  log: Logger;
}): TurnRecovery => {
  const { turns, events, journal, queues, live, log } = deps;
  let suspects: ReadonlySet<string> = new Set();

  const takeUp = (record: TurnRecord, report: RecoveryReport): void => {
    failpoint("recovery.turn");
    events.open(record, false);
    if (record.state === "running") {
      if (record.bootId !== deps.bootId) deps.distrust(record);
      const fate = journal.recover(
        { record, fence: record.fence },
        { partialText: events.committedText(record.id), reason: "interrupted_by_restart", detail: null },
        { unknown: "service_died" },
      );
      if (fate === "ended") {
        report.interrupted += 1;
        return;
      }
      report.requeued += 1;
    } else {
      report.queued += 1;
    }
    const current = turns.find(record.id);
    if (!current) return;
    if (current.attempt >= MOST_ATTEMPTS) giveUp(current);
    else if (current.parked) events.append(current.id, { type: "queued", position: 1, held: true });
    else queues.enqueue(current);
  };

  const giveUp = (record: TurnRecord): void => {
    log.error({ turnId: record.id, attempt: record.attempt }, "turn given up");
    journal.settleWaiting(record.id, {
      state: "failed",
      text: "",
      errorCode: "turn_given_up",
      errorParams: { attempts: record.attempt },
      errorDetail: null,
    });
  };

  const isInHand = (turn: OpenTurn): boolean => {
    if (turn.state === "running") return turn.bootId === deps.bootId && live.runs(turn);
    return turn.parked || live.waits(turn) || live.runs(turn);
  };

  return {
    atBoot: () => {
      const report: RecoveryReport = { queued: 0, requeued: 0, interrupted: 0 };
      for (const record of turns.unsettled()) takeUp(record, report);
      log.info({ ...report }, "turns recovered");
      return report;
    },
    sweep: () => {
      const report: RecoveryReport = { queued: 0, requeued: 0, interrupted: 0 };
      const lost = turns.open().filter((turn) => !isInHand(turn));
      for (const { id } of lost.filter((turn) => suspects.has(turn.id))) {
        const record = turns.find(id);
        if (!record) continue;
        log.error({ turnId: id, state: record.state }, "a turn was in nobody's hands, taking it up");
        takeUp(record, report);
      }
      suspects = new Set(lost.map(({ id }) => id));
      return report;
    },
  };
};
