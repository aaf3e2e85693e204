import type { OwnCommand } from "@steward/contract/commands";

/** A command that somebody has written as a file, with what it does. */
export type OwnCommandFile = Omit<OwnCommand, "kind"> &
  (
    | { kind: "prompt"; template: string }
    | {
        kind: "program";
        /** Never empty; handed to the system as it is, without a shell. */
        argv: readonly [string, ...string[]];
        cwd: string;
        timeoutMs: number;
      }
  );

/** A file that is no command, and why: for people. */
export interface CommandProblem {
  file: string;
  problem: string;
}
