import { statSync } from "node:fs";
import { tmpdir } from "node:os";
import { createSystemClock } from "@steward/platform/clock";
import { createIds } from "@steward/platform/ids";
import { createProcessSpawner } from "@steward/platform/process";
import { createGuardRegistry, examineSandbox, type SandboxProblem } from "@steward/platform/sandbox";
import type { ServiceProbe } from "../../service/probe.ts";
import { DOT_ENV_PATH } from "../../settings/environment.ts";
import type { Settings } from "../../settings/settings.ts";
import { type Finding, msg, ok, problem } from "../finding.ts";

export interface SandboxFacts {
  /** Null: switched off by the owner, and not tried. */
  readonly examined:
    | { readonly holds: true; readonly durationMs: number }
    | { readonly holds: false; readonly problem: SandboxProblem; readonly detail: string }
    | null;
}

/** Shuts a program in and has it try to read, write and reach what it must not, here and now. */
export async function tryOutSandbox({ environment, data }: Settings): Promise<SandboxFacts> {
  if (environment.STEWARD_SANDBOX === "off") return { examined: null };
  const examined = await examineSandbox({
    env: environment,
    secrets: [
      DOT_ENV_PATH,
      data.token,
      ...["", "-wal", "-shm"].map((suffix) => data.db + suffix),
      data.backups,
    ],
    guards: createGuardRegistry(null),
    dataDirectory: isDirectory(data.root) ? data.root : tmpdir(),
    spawner: createProcessSpawner(),
    clock: createSystemClock(),
    ids: createIds(),
  });
  return { examined };
}

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Without a sandbox an agent that was talked into something has the run of the owner's account: red. */
export function checkSandbox({ examined }: SandboxFacts, probe: ServiceProbe): Finding[] {
  if (examined === null) {
    return [problem("sandbox", msg("cli.doctor.sandbox_off"), msg("cli.doctor.sandbox_off_fix"))];
  }
  if (!examined.holds) {
    const { detail } = examined;
    const message = msg(`cli.doctor.sandbox_${examined.problem}`, { detail });
    return [problem("sandbox", message, msg(`cli.doctor.sandbox_${examined.problem}_fix`))];
  }
  const serving = probe.state === "up" ? (probe.inside?.system.sandbox.active ?? true) : true;
  return [
    ok("sandbox", msg("cli.doctor.sandbox", { ms: examined.durationMs })),
    ...(serving
      ? []
      : [problem("sandbox", msg("cli.doctor.service_no_sandbox"), msg("cli.doctor.restart_fix"))]),
  ];
}
