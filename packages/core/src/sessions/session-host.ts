import type { CliEvent, CliHost } from "@steward/claude/cli-driver";
import type { TurnJournal } from "../turns/turn-journal.ts";
import type { TurnRun } from "./turn-run.ts";

const NOBODY_TO_ASK = "Denied: this needs a person's approval, and nobody can be asked yet.";

/** What a chat's process may ask of us, about the turn that runs then. */
export const createSessionHost = (deps: {
  journal: TurnJournal;
  /** The turn that runs now. */
  run: () => TurnRun | null;
  onEvent: (event: CliEvent) => void;
}): CliHost => ({
  beforeTool: async () => {
    const run = deps.run();
    if (run) deps.journal.toolStarts(run.turn);
  },
  // The Sessions issue brings approvals; until then every question is answered by a refusal.
  decideTool: async () => ({ behavior: "deny", message: NOBODY_TO_ASK }),
  onEvent: deps.onEvent,
});
