import type { CliEvent, CliHost } from "@steward/claude/cli-driver";
import type { ApprovalService } from "../approvals/approval-service.ts";
import { NO_TURN } from "../approvals/words-for-the-agent.ts";
import type { TurnJournal } from "../turns/turn-journal.ts";
import type { TurnRecord } from "../turns/turn-repository.ts";
import type { TurnRun } from "./turn-run.ts";

/** What a chat's process may ask of us, about the turn that runs then. */
export const createSessionHost = (deps: {
  journal: TurnJournal;
  approvals: Pick<ApprovalService, "ask">;
  /** The turn that runs now. */
  run: () => TurnRun | null;
  /** Its last line belongs to a turn whose start could not be written down. */
  isUnwritten: () => boolean;
  /** Rejects when the turn may not go on. */
  assertAffordable: (run: TurnRun) => Promise<void>;
  /** Something of the agent's goes on beside our turns. */
  worksInBackground: () => boolean;
  /** The last one that ran in this process. */
  lastTurn: () => TurnRecord | null;
  /** The turn's silence is a person's until `answered` has settled. */
  pausedFor: <T>(run: TurnRun, answered: Promise<T>) => Promise<T>;
  onEvent: (event: CliEvent) => void;
}): CliHost => ({
  beforeTool: async () => {
    if (deps.isUnwritten()) throw new Error("Steward's database cannot be written right now");
    const run = deps.run();
    if (!run) {
      if (deps.worksInBackground()) return;
      throw new Error("no turn runs");
    }
    await deps.assertAffordable(run);
    // Also a tool of the background's: rather one turn too many that is not repeated than one too few.
    deps.journal.toolStarts(run.turn);
  },
  decideTool: async (request, signal) => {
    const run = deps.run();
    if (!run) {
      // A sub-agent or a command that works on in the background: whoever asked for its turn is asked.
      const turn = deps.isUnwritten() ? null : deps.lastTurn();
      if (!turn) return { behavior: "deny", message: NO_TURN };
      return deps.approvals.ask(turn, request, signal);
    }
    return deps.pausedFor(run, deps.approvals.ask(run.turn.record, request, signal));
  },
  onEvent: deps.onEvent,
});
