import { type Clock, createSystemClock } from "../clock.ts";
import { createProcessTable, type ProcessEntry, type ProcessTable } from "./process-table.ts";

/**
 * An environment variable that a process and all its descendants carry. It survives `setsid`, double forks and the
 * death of every parent, which process groups and parent pids do not.
 */
export interface ProcessMarker {
  name: string;
  value: string;
}

export interface MarkedProcess extends ProcessEntry {
  /** The marker's value. */
  value: string;
}

export interface ProcessTableDeps {
  table?: ProcessTable;
}

export interface SweepDeps extends ProcessTableDeps {
  clock?: Clock;
  /** Sends a signal to one process; throws as `process.kill`. */
  signal?: (pid: number, signal: NodeJS.Signals) => void;
}

export interface SweepResult {
  /** How many processes were ended. */
  ended: number;
  /** Those that would not die (in the kernel, or of another user by now). */
  survivors: number[];
}

/** What one look at the process table found. */
export interface Found<Entry extends ProcessEntry = ProcessEntry> {
  found: Entry[];
  /** Whether some process could not be told yet, being in the middle of `execve`: look again in a moment. */
  isUnsettled: boolean;
}

/**
 * Living processes of our user that carry the marker; without `value`, with any value. Never ourselves nor those we
 * were started by: Steward may itself run inside a marked session.
 */
export function findMarkedProcesses(
  marker: { name: string; value?: string },
  deps: ProcessTableDeps = {},
): MarkedProcess[] {
  return lookForMarked(marker, deps).found;
}

/** `findMarkedProcesses`, and whether there may be more. */
export function lookForMarked(
  marker: { name: string; value?: string },
  deps: ProcessTableDeps = {},
): Found<MarkedProcess> {
  const table = deps.table ?? createProcessTable();
  const entries = table.list();
  const ours = ownLine(entries);
  const candidates = entries.filter((entry) => !entry.isZombie && !ours.has(entry.pid));
  const pids = candidates.map(({ pid }) => pid);
  const { values, unreadYet } = table.environmentValues(pids, marker.name);
  const found = candidates.flatMap((entry) => {
    const value = values.get(entry.pid);
    if (value === undefined || (marker.value !== undefined && value !== marker.value)) return [];
    return [{ ...entry, value }];
  });
  return { found, isUnsettled: unreadYet.length > 0 };
}

/** Ends every process that carries the marker. Resolves when they are gone, or known not to go. */
export function sweepMarked(marker: ProcessMarker, deps: SweepDeps = {}): Promise<SweepResult> {
  const table = deps.table ?? createProcessTable();
  return sweep(() => lookForMarked(marker, { table }), { ...deps, table });
}

/** This process and its ancestors. */
export function ownLine(entries: readonly ProcessEntry[]): Set<number> {
  const parents = new Map(entries.map((entry) => [entry.pid, entry.parentPid]));
  const line = new Set<number>();
  for (
    let pid: number | undefined = process.pid;
    pid !== undefined && !line.has(pid);
    pid = parents.get(pid)
  ) {
    line.add(pid);
  }
  return line;
}

/** Rounds of stopping before killing all the same; each catches what was forked during the one before. */
const STOP_ROUNDS = 20;
const KILL_ROUNDS = 10;
const GONE_WITHIN_MS = 1_000;
/** An `execve` takes well under a millisecond, on a machine that swaps some hundred. */
const SETTLED_WITHIN_MS = 1_000;
const POLL_MS = 5;

/**
 * Ends whatever `look` finds, until it finds nothing. All are stopped first and killed afterwards: a stopped process
 * cannot fork away from the sweep, and with its slot still taken a fork bomb chokes on its own limit.
 */
export async function sweep(look: () => Found, deps: SweepDeps = {}): Promise<SweepResult> {
  const table = deps.table ?? createProcessTable();
  const clock = deps.clock ?? createSystemClock();
  const signal = deps.signal ?? ((pid, name) => void process.kill(pid, name));
  const ended = new Set<string>();
  let found = await lookSettled(look, clock);
  for (let round = 0; found.length > 0 && round < KILL_ROUNDS; round++) {
    const targets = stopAll(
      found,
      () => look().found,
      (entry) => send(signal, entry, "SIGSTOP"),
    );
    const alive = identities(table.list());
    for (const entry of targets) {
      // Stopped processes keep their number, but one that ended before our signal may have lost it to a stranger.
      if (!alive.has(identity(entry))) continue;
      if (send(signal, entry, "SIGKILL")) ended.add(identity(entry));
    }
    await waitUntilGone(targets, table, clock);
    found = await lookSettled(look, clock);
  }
  const survivors = found.map(({ pid }) => pid);
  for (const entry of found) ended.delete(identity(entry));
  return { ended: ended.size, survivors };
}

/** Looks until something is found, or nothing is left that might be one of them. */
async function lookSettled(look: () => Found, clock: Clock): Promise<ProcessEntry[]> {
  const deadlineMs = clock.monotonicMs() + SETTLED_WITHIN_MS;
  for (;;) {
    const { found, isUnsettled } = look();
    if (found.length > 0 || !isUnsettled || clock.monotonicMs() >= deadlineMs) return found;
    await clock.sleep(POLL_MS);
  }
}

function stopAll(
  first: readonly ProcessEntry[],
  find: () => ProcessEntry[],
  stop: (entry: ProcessEntry) => void,
): ProcessEntry[] {
  const stopped = new Map<string, ProcessEntry>();
  let fresh: readonly ProcessEntry[] = first;
  for (let round = 0; fresh.length > 0 && round < STOP_ROUNDS; round++) {
    for (const entry of fresh) {
      stop(entry);
      stopped.set(identity(entry), entry);
    }
    fresh = find().filter((entry) => !stopped.has(identity(entry)));
  }
  return [...stopped.values()];
}

async function waitUntilGone(
  targets: readonly ProcessEntry[],
  table: ProcessTable,
  clock: Clock,
): Promise<void> {
  const deadlineMs = clock.monotonicMs() + GONE_WITHIN_MS;
  for (;;) {
    const alive = identities(table.list());
    if (!targets.some((entry) => alive.has(identity(entry))) || clock.monotonicMs() >= deadlineMs) return;
    await clock.sleep(POLL_MS);
  }
}

export function identity(entry: ProcessEntry): string {
  return `${entry.pid}@${entry.startedAt}`;
}

function identities(entries: readonly ProcessEntry[]): Set<string> {
  return new Set(entries.filter((entry) => !entry.isZombie).map(identity));
}

function send(
  signal: (pid: number, signal: NodeJS.Signals) => void,
  entry: ProcessEntry,
  name: NodeJS.Signals,
): boolean {
  try {
    signal(entry.pid, name);
    return true;
  } catch {
    // ESRCH: it went by itself. EPERM: it has changed its user; it is reported as a survivor.
    return false;
  }
}
