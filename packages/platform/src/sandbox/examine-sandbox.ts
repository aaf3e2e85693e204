import { homedir } from "node:os";
import type { Clock } from "../clock.ts";
import type { Ids } from "../ids.ts";
import type { ProcessSpawner } from "../process/managed-process.ts";
import { createProcessTable } from "../process/process-table.ts";
import { findBubblewrap } from "./find-bubblewrap.ts";
import type { GuardRegistry } from "./guards/guard-registry.ts";
import { probeSandbox } from "./probe/probe-sandbox.ts";
import { createSandbox, type Sandbox } from "./sandbox.ts";

/**
 * `platform`: not Linux. `missing`, `broken`: bubblewrap. `refused`: the machine does not let it work. `leaks`: it
 * works and does not hold.
 */
export type SandboxProblem = "platform" | "missing" | "broken" | "refused" | "leaks";

export type SandboxExamination =
  | { holds: true; sandbox: Sandbox; durationMs: number }
  | { holds: false; problem: SandboxProblem; detail: string };

export interface ExamineOptions {
  env: Readonly<Record<string, string | undefined>>;
  /** An existing directory that must stay unseen; a folder is made in it for the moment this takes. */
  dataDirectory: string;
  /** Files and directories that must stay unseen wherever they lie; each is tried. */
  secrets: readonly string[];
  guards: GuardRegistry;
  spawner: ProcessSpawner;
  clock: Clock;
  ids: Ids;
}

/** Whether this machine can shut a program in, found out by doing so. Takes some tenths of a second. Never throws. */
export async function examineSandbox(options: ExamineOptions): Promise<SandboxExamination> {
  const { env, dataDirectory, secrets, guards, spawner, clock, ids } = options;
  const found = await findBubblewrap(env, { spawner });
  if (!found.ok) return { holds: false, problem: found.reason, detail: found.detail };
  const { bubblewrap } = found;
  const sandbox = createSandbox({ bubblewrap, spawner, table: createProcessTable(), guards, clock, ids });
  const home = env.HOME ?? homedir();
  const verdict = await probeSandbox({ sandbox, dataDirectory, secrets, home, clock });
  if (verdict.holds) return { holds: true, sandbox, durationMs: verdict.durationMs };
  const firstLine = (text: string): string => text.split("\n", 1)[0]?.slice(0, 300) ?? "";
  return verdict.failures.includes("start")
    ? { holds: false, problem: "refused", detail: firstLine(verdict.detail) }
    : { holds: false, problem: "leaks", detail: verdict.failures.join(", ") };
}
