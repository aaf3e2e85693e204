import type { Clock } from "@steward/platform/clock";
import {
  type FoundProcesses,
  lookForMarkedProcesses,
  type ProcessMarker,
  type ProcessTable,
  processIdentity,
  sweepProcesses,
} from "@steward/platform/process";

/** What the tools of the running turn have started, as against what the CLI keeps for itself (MCP servers …). */
export interface TurnProcesses {
  /** The first tool of a turn is about to run: what lives now is not the turn's. */
  remember(): void;
  /** A new turn begins. */
  forget(): void;
  /** Ends what has come since. Resolves to how many processes. */
  end(): Promise<number>;
}

export function createTurnProcesses(deps: {
  pid: number;
  marker: ProcessMarker;
  table: ProcessTable;
  clock: Clock;
}): TurnProcesses {
  let before: ReadonlySet<string> | undefined;
  const look = (): FoundProcesses => {
    const { found, isUnsettled } = lookForMarkedProcesses(deps.marker, { table: deps.table });
    const isOfTheTurn = (entry: (typeof found)[number]) =>
      entry.pid !== deps.pid && before?.has(processIdentity(entry)) === false;
    return { found: found.filter(isOfTheTurn), isUnsettled };
  };
  return {
    remember() {
      before ??= new Set(deps.table.list().map(processIdentity));
    },
    forget() {
      before = undefined;
    },
    async end() {
      // No tool was asked for, so none has run.
      if (before === undefined) return 0;
      const { ended } = await sweepProcesses(look, { table: deps.table, clock: deps.clock });
      return ended;
    },
  };
}
