import { execFileSync } from "node:child_process";
import { createProcTable } from "./proc-table.ts";
import { createPsTable } from "./ps-table.ts";

/** One process at one moment. The pid alone is not an identity: `startedAt` tells a reused number apart. */
export interface ProcessEntry {
  pid: number;
  parentPid: number;
  groupId: number;
  /** Opaque; equal for equal processes, comparable only within one table. */
  startedAt: string;
  /** Has ended and waits to be collected by its parent. */
  isZombie: boolean;
}

/** The processes of our own user. */
export interface ProcessTable {
  list(): ProcessEntry[];
  environmentValues(pids: readonly number[], name: string): EnvironmentValues;
}

export interface EnvironmentValues {
  /** The value of the variable in the environment each process was started with; unset or unreadable ones are absent. */
  values: Map<number, string>;
  /**
   * In the middle of `execve`: the old environment is gone and the new one not yet there. They may carry the variable; a
   * moment later it can be read.
   */
  unreadYet: number[];
}

/** Linux reads `/proc`, everything else asks `ps`. */
export function createProcessTable(platform: NodeJS.Platform = process.platform): ProcessTable {
  const uid = process.getuid?.() ?? 0;
  if (platform === "linux") return createProcTable({ uid });
  return createPsTable({
    uid,
    runPs: (args) =>
      execFileSync("ps", [...args], {
        encoding: "utf8",
        env: { LC_ALL: "C", PATH: "/bin:/usr/bin" },
        maxBuffer: 64 * 1_048_576,
        timeout: 5_000,
      }),
  });
}
