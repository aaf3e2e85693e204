import { type Clock, createSystemClock } from "../clock.ts";
import type { ManagedProcess, ProcessExit } from "./managed-process.ts";
import {
  type Found,
  identity,
  lookForMarked,
  ownLine,
  type ProcessMarker,
  type SweepDeps,
  sweep,
} from "./marked-processes.ts";
import { createProcessTable, type ProcessEntry, type ProcessTable } from "./process-table.ts";

/** How long each step may take before the next one. 0 leaves a step out. */
export interface EndPlan {
  /** After closing stdin: a program that reads its input to the end goes by itself. */
  inputEndMs: number;
  /** After SIGTERM to the group. */
  terminateMs: number;
  /** After SIGKILL to the group; only a process stuck in the kernel needs longer than an instant. */
  killMs: number;
}

/** The house's table of times for ending a process. */
export const DEFAULT_END_PLAN: EndPlan = { inputEndMs: 2_000, terminateMs: 10_000, killMs: 2_000 };

export interface EndResult {
  /** `null`: it survived even SIGKILL. */
  exit: ProcessExit | null;
  /** Which step ended the process itself. */
  endedBy: "already" | "input_end" | "terminate" | "kill" | "nothing";
  /** Descendants ended by the sweep. */
  swept: number;
  survivors: number[];
}

/**
 * Ends a process and everything it has started.
 *
 * Each step waits for the *exit*, never for "a signal was sent". Descendants are found by the marker, by parentage
 * (looked up before each step, while the parents still live) and by group.
 */
export async function endProcessTree(
  target: Pick<ManagedProcess, "pid" | "stdin" | "kill" | "exited">,
  plan: EndPlan = DEFAULT_END_PLAN,
  deps: SweepDeps & { marker?: ProcessMarker } = {},
): Promise<EndResult> {
  const clock = deps.clock ?? createSystemClock();
  const table = deps.table ?? createProcessTable();
  const family = createFamily(target.pid, table);

  let exit = await within(target.exited, 0, clock);
  let endedBy: EndResult["endedBy"] = exit === null ? "nothing" : "already";
  const step = async (name: EndResult["endedBy"], waitMs: number, act: () => void): Promise<void> => {
    if (exit !== null || waitMs <= 0) return;
    family.look();
    act();
    exit = await within(target.exited, waitMs, clock);
    if (exit !== null) endedBy = name;
  };
  await step("input_end", plan.inputEndMs, () => target.stdin.end());
  await step("terminate", plan.terminateMs, () => void target.kill("SIGTERM"));
  await step("kill", plan.killMs, () => void target.kill("SIGKILL"));

  const { marker } = deps;
  const look = (): Found => {
    const all = new Map(family.look().map((entry) => [identity(entry), entry]));
    const marked = marker === undefined ? undefined : lookForMarked(marker, { table });
    for (const entry of marked?.found ?? []) all.set(identity(entry), entry);
    const found = [...all.values()].filter((entry) => exit === null || entry.pid !== target.pid);
    return { found, isUnsettled: marked?.isUnsettled ?? false };
  };
  const { ended, survivors } = await sweep(look, { ...deps, table, clock });
  return { exit, endedBy, swept: ended, survivors };
}

/** Remembers the descendants seen so far, by identity, so that they are still known when their parents have gone. */
function createFamily(rootPid: number, table: ProcessTable): { look(): ProcessEntry[] } {
  const members = new Map<string, ProcessEntry>();
  const root = table.list().find(({ pid }) => pid === rootPid);
  return {
    look() {
      const entries = table.list().filter((entry) => !entry.isZombie);
      const present = new Set(entries.map(identity));
      for (const key of members.keys()) if (!present.has(key)) members.delete(key);
      const pids = new Set([...members.values()].map(({ pid }) => pid));
      // The root's number counts only as long as nobody else has it.
      const reused = entries.some(({ pid, startedAt }) => pid === rootPid && startedAt !== root?.startedAt);
      const rootIsOurs = root !== undefined && !reused;
      if (rootIsOurs) pids.add(rootPid);
      const ours = ownLine(entries);
      // Parents need not come before children in the list: repeat until a pass finds nobody new.
      for (let before = -1; before !== pids.size; ) {
        before = pids.size;
        for (const entry of entries) {
          const related = pids.has(entry.parentPid) || (rootIsOurs && entry.groupId === rootPid);
          if (!related || ours.has(entry.pid)) continue;
          pids.add(entry.pid);
          members.set(identity(entry), entry);
        }
      }
      return [...members.values()].filter((entry) => entry.pid !== rootPid);
    },
  };
}

async function within<Value>(promise: Promise<Value>, waitMs: number, clock: Clock): Promise<Value | null> {
  const stop = new AbortController();
  const timeout = clock.sleep(waitMs, stop.signal).then(
    () => null,
    () => null,
  );
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    stop.abort();
  }
}
