import type { CliEvent, CliHost } from "@steward/claude/cli-driver";
import type { ApprovalService } from "../approvals/approval-service.ts";
import { NO_TURN } from "../approvals/words-for-the-agent.ts";
import { isOutsideTool } from "../recall/outside-contact.ts";
import type { TurnJournal } from "../turns/turn-journal.ts";
import type { ActiveTurn } from "./active-turn.ts";
import type { OwnWork } from "./own-work.ts";
import type { TurnRun } from "./turn-run.ts";

/** What a chat's process may ask of us, each time for the turn that it began with. */
export const createSessionHost = (deps: {
  journal: TurnJournal;
  approvals: Pick<ApprovalService, "ask">;
  active: Pick<ActiveTurn, "run" | "lastTurn" | "isUnwritten" | "spending" | "pausedFor">;
  own: Pick<OwnWork, "isRunning" | "turnOf" | "assertAffordable">;
  /** Rejects when the turn may not go on. */
  assertAffordable: (run: TurnRun) => Promise<void>;
  onEvent: (event: CliEvent) => void;
}): CliHost => {
  const { active, own, approvals } = deps;

  /** What nothing is known of belongs to the turn that runs, unless something else is at work, too. */
  const isOfRun = (run: TurnRun, toolUseId: string): boolean => {
    const turn = own.turnOf(toolUseId, false);
    return turn === null ? !own.isRunning : turn.id === run.turnId;
  };

  const host: CliHost = {
    beforeTool: async (call) => {
      const { toolUseId, name } = call;
      if (active.isUnwritten) throw new Error("Steward's database cannot be written right now");
      const { run } = active;
      // Before it may run, and also a tool of the background's: what it brings is told to this turn's model, too.
      if (run && isOutsideTool(name)) run.usedOutsideTool = true;
      if (!run && !own.isRunning) throw new Error("no turn runs");
      if (run && isOfRun(run, toolUseId)) await deps.assertAffordable(run);
      else await own.assertAffordable(run?.turn.record ?? null);
      // While that was looked up its turn has ended. What a sub-agent of its does in the background goes on without it.
      if (active.run !== run) return host.beforeTool(call);
      // Also a tool of the background's: rather one turn too many that is not repeated than one too few.
      if (run) deps.journal.toolStarts(run.turn, active.spending);
    },
    decideTool: async (request, signal) => {
      if (active.isUnwritten) return { behavior: "deny", message: NO_TURN };
      const { run } = active;
      if (run && isOfRun(run, request.toolUseId)) {
        return active.pausedFor(run, approvals.ask(run.turn.record, request, signal));
      }
      // A sub-agent or a command that works on in the background: whoever asked for its turn is asked.
      const turn = own.turnOf(request.toolUseId, run === null);
      if (turn) return approvals.ask(turn, request, signal);
      const near = run?.turn.record ?? active.lastTurn;
      if (!near) return { behavior: "deny", message: NO_TURN };
      // Whose it is cannot be told: in a group one person must not answer for another.
      return approvals.ask({ ...near, userId: null }, request, signal);
    },
    onEvent: deps.onEvent,
  };
  return host;
};
