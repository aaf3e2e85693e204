import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";

/** Linux. Synchronous on purpose: one pass over a few hundred small files is the closest thing to a snapshot. */
export function createProcTable(deps: { uid: number; root?: string }): ProcessTable {
  const root = deps.root ?? "/proc";

  const read = (pid: string): ProcessEntry | undefined => {
    const folder = join(root, pid);
    try {
      if (statSync(folder).uid !== deps.uid) return undefined;
      return parseStat(readFileSync(join(folder, "stat"), "utf8"));
    } catch {
      // Processes end while we look at them; one that cannot be read is not there.
      return undefined;
    }
  };

  return {
    list: () =>
      readdirSync(root)
        .filter((name) => /^\d+$/.test(name))
        .map(read)
        .filter((entry) => entry !== undefined),
    environmentValues: (pids, name) => {
      const values = new Map<number, string>();
      const unreadYet: number[] = [];
      for (const pid of pids) {
        const environment = readEnvironment(join(root, String(pid)));
        if (environment === "not yet") unreadYet.push(pid);
        const value = variableOf(environment, name);
        if (value !== undefined) values.set(pid, value);
      }
      return { values, unreadYet };
    },
  };
}

/** The variables of a process, `"not yet"` while it is in the middle of `execve`; none if it is gone or unreadable. */
function readEnvironment(folder: string): readonly string[] | "not yet" {
  try {
    let place: EnvironmentPlace = "nowhere";
    // `execve` moves on between any two readings: only what is still the same a moment later is so.
    for (let look = 0; look < LOOKS; look++) {
      const environment = readFileSync(join(folder, "environ"), "utf8");
      if (environment !== "") return environment.split("\0");
      place = environmentPlace(readFileSync(join(folder, "stat"), "utf8"));
      if (place === "nowhere yet") return "not yet";
      if (place === "nowhere") return [];
    }
    return place === "somewhere" ? "not yet" : [];
  } catch {
    // Gone, or it has made itself unreadable.
    return [];
  }
}

const LOOKS = 3;

function variableOf(environment: readonly string[] | "not yet", name: string): string | undefined {
  if (environment === "not yet") return undefined;
  const prefix = `${name}=`;
  return environment.find((entry) => entry.startsWith(prefix))?.slice(prefix.length);
}

/** `nowhere`: a thread of the kernel. `empty`: of a program that was started without, or about to be filled by `execve`. */
type EnvironmentPlace = "nowhere" | "nowhere yet" | "empty" | "somewhere";

/**
 * proc_pid_stat(5): field 23 is the size of the memory, 0 for the kernel's own threads; 50 and 51 are where the environment
 * begins and ends. `execve` replaces the memory first and fills in these two last.
 */
function environmentPlace(stat: string): EnvironmentPlace {
  const fields = statFields(stat);
  const [memoryBytes, begin, end] = [fields[20], fields[47], fields[48]];
  if (memoryBytes === undefined || memoryBytes === "0" || end === undefined) return "nowhere";
  if (begin === "0" || end === "0") return "nowhere yet";
  return begin === end ? "empty" : "somewhere";
}

/** The fields after the command's name, which may hold blanks and parentheses: `fields[0]` is field 3, the state. */
function statFields(text: string): string[] {
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** proc_pid_stat(5): `pid (comm) state ppid pgrp …`; field 22 is the start time in clock ticks since boot. */
function parseStat(text: string): ProcessEntry | undefined {
  const fields = statFields(text);
  const [state, parentPid, groupId] = fields;
  const startedAt = fields[19];
  if (startedAt === undefined) return undefined;
  return {
    pid: Number.parseInt(text, 10),
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    startedAt,
    isZombie: state === "Z" || state === "X",
  };
}
