import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import type { ProcessSpawner } from "../process/managed-process.ts";
import { runCommand } from "../process/run-command.ts";
import type { Bubblewrap } from "./bubblewrap-arguments.ts";

export type FindBubblewrapResult =
  | { ok: true; bubblewrap: Bubblewrap }
  | { ok: false; reason: "platform" | "missing" | "broken"; detail: string };

const VERSION_TIMEOUT_MS = 5_000;

/** bubblewrap on this machine. Elsewhere than on Linux there is none. */
export async function findBubblewrap(
  env: Readonly<Record<string, string | undefined>>,
  deps: { spawner?: ProcessSpawner; platform?: NodeJS.Platform } = {},
): Promise<FindBubblewrapResult> {
  const platform = deps.platform ?? process.platform;
  if (platform !== "linux") return { ok: false, reason: "platform", detail: platform };
  const path = (env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, "bwrap"))
    .find(isExecutable);
  if (path === undefined) return { ok: false, reason: "missing", detail: "no bwrap on PATH" };
  const run = await runCommand(
    { command: path, args: ["--version"], env: {}, timeoutMs: VERSION_TIMEOUT_MS },
    deps.spawner === undefined ? {} : { spawner: deps.spawner },
  );
  const version = run.ok ? /(\d+\.\d+\.\d+)/.exec(run.stdout)?.[1] : undefined;
  if (version === undefined) return { ok: false, reason: "broken", detail: `${path} --version says nothing` };
  return { ok: true, bubblewrap: { path, version } };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Absent, or not ours to run.
    return false;
  }
}
