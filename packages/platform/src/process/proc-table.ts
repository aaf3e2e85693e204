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
      for (const pid of pids) {
        const value = readVariable(join(root, String(pid), "environ"), name);
        if (value !== undefined) values.set(pid, value);
      }
      return values;
    },
  };
}

function readVariable(path: string, name: string): string | undefined {
  let environment: string;
  try {
    environment = readFileSync(path, "utf8");
  } catch {
    // Gone, or it has made itself unreadable.
    return undefined;
  }
  const prefix = `${name}=`;
  const entry = environment.split("\0").find((candidate) => candidate.startsWith(prefix));
  return entry?.slice(prefix.length);
}

/** proc_pid_stat(5): `pid (comm) state ppid pgrp …`; field 22 is the start time in clock ticks since boot. */
function parseStat(text: string): ProcessEntry | undefined {
  // The command's name may hold spaces and parentheses: the fields start after the last one.
  const close = text.lastIndexOf(")");
  const fields = text.slice(close + 2).split(" ");
  const [state, parentPid, groupId] = fields;
  const startedAt = fields[19];
  if (close === -1 || startedAt === undefined) return undefined;
  return {
    pid: Number.parseInt(text, 10),
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    startedAt,
    isZombie: state === "Z" || state === "X",
  };
}
