import type { ProcessEntry, ProcessTable } from "./process-table.ts";

/** `-E` appends each process's environment to its command: macOS's substitute for `/proc/<pid>/environ`. */
const PS_ARGUMENTS = ["-A", "-ww", "-E", "-o", "pid=,ppid=,pgid=,uid=,state=,lstart=,command="] as const;

interface PsRow extends ProcessEntry {
  uid: number;
  commandAndEnvironment: string;
}

/** macOS. Each call runs `ps` once. */
export function createPsTable(deps: { uid: number; runPs(args: readonly string[]): string }): ProcessTable {
  const rows = (): PsRow[] =>
    deps
      .runPs(PS_ARGUMENTS)
      .split("\n")
      .map(parseRow)
      .filter((row) => row !== undefined)
      .filter((row) => row.uid === deps.uid);
  return {
    list: () =>
      rows().map(({ pid, parentPid, groupId, startedAt, isZombie }) => {
        return { pid, parentPid, groupId, startedAt, isZombie };
      }),
    environmentValues: (pids, name) => {
      const prefix = `${name}=`;
      const values = new Map<number, string>();
      for (const row of rows()) {
        if (!pids.includes(row.pid)) continue;
        // The environment comes after the arguments, and markers have no blanks: the last such word is the one.
        const word = row.commandAndEnvironment.split(/\s+/).findLast((part) => part.startsWith(prefix));
        if (word !== undefined) values.set(row.pid, word.slice(prefix.length));
      }
      return { values, unreadYet: [] };
    },
  };
}

/** `lstart` is five words: `Fri Nov 20 20:55:00 2026`. */
const ROW = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]+\s+\d{4})\s+(.*)$/;

function parseRow(line: string): PsRow | undefined {
  const match = ROW.exec(line);
  if (match === null) return undefined;
  const [, pid, parentPid, groupId, uid, state = "", startedAt = "", command = ""] = match;
  return {
    pid: Number(pid),
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    uid: Number(uid),
    startedAt: startedAt.replaceAll(/\s+/g, " "),
    isZombie: state.startsWith("Z"),
    commandAndEnvironment: command,
  };
}
