import { accessSync, constants, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { type ProcessSpawner, runCommand } from "@steward/platform/process";
import { type CliBinary, CliError } from "./cli-driver.ts";
import { isSupportedVersion, MINIMUM_CLI_VERSION, parseCliVersion } from "./launch/cli-version.ts";

export { MINIMUM_CLI_VERSION };

export interface FindCliBinaryOptions {
  /** Read: `CLAUDE_BIN`, `PATH`. Handed to `--version`: what `buildCliEnvironment` would give. */
  env: Readonly<Record<string, string | undefined>>;
  /** Path of the CLI that comes with Steward, or `undefined` when it was not installed. */
  bundledPath?: () => string | undefined;
  spawner?: ProcessSpawner;
}

const VERSION_TIMEOUT_MS = 20_000;

/**
 * The CLI to use: `CLAUDE_BIN`, else `claude` on PATH, else the bundled one. A choice of the owner's is never passed
 * over in silence: when `CLAUDE_BIN` names something unusable, that is the error. A `claude` on PATH that is too old
 * gives way to the bundled one.
 *
 * @throws CliError `cli_not_found`, `cli_too_old`, `cli_spawn_failed`
 */
export async function findCliBinary(options: FindCliBinaryOptions): Promise<CliBinary> {
  const chosen = options.env.CLAUDE_BIN;
  if (chosen !== undefined && chosen !== "") {
    const path = isAbsolute(chosen) || chosen.includes("/") ? chosen : lookUp(chosen, options.env.PATH);
    if (path === undefined || !isExecutable(path)) {
      throw new CliError("cli_not_found", `CLAUDE_BIN: ${chosen} is not an executable file`);
    }
    return await check({ path, source: "env" }, options);
  }
  const onPath = lookUp("claude", options.env.PATH);
  const bundled = (options.bundledPath ?? findBundledCli)();
  if (onPath !== undefined) {
    try {
      return await check({ path: onPath, source: "path" }, options);
    } catch (error) {
      if (bundled === undefined || !(error instanceof CliError)) throw error;
    }
  }
  if (bundled === undefined)
    throw new CliError("cli_not_found", "no claude on PATH, and none was installed with Steward");
  return await check({ path: bundled, source: "bundled" }, options);
}

/** The executable of the pinned `@anthropic-ai/claude-code` dependency. */
export function findBundledCli(): string | undefined {
  try {
    const manifestPath = createRequire(import.meta.url).resolve("@anthropic-ai/claude-code/package.json");
    const manifest: { bin?: string | Record<string, string> } = JSON.parse(
      readFileSync(manifestPath, "utf8"),
    );
    const relative = typeof manifest.bin === "string" ? manifest.bin : manifest.bin?.claude;
    if (relative === undefined) return undefined;
    const path = join(dirname(manifestPath), relative);
    return isExecutable(path) ? path : undefined;
  } catch {
    // Not installed: an install without optional parts, or on a platform it has no binary for.
    return undefined;
  }
}

async function check(
  found: Pick<CliBinary, "path" | "source">,
  options: FindCliBinaryOptions,
): Promise<CliBinary> {
  const env: Record<string, string> = { DISABLE_AUTOUPDATER: "1" };
  for (const name of ["PATH", "HOME", "TMPDIR", "LANG"]) {
    const value = options.env[name];
    if (value !== undefined) env[name] = value;
  }
  const run = await runCommand(
    { command: found.path, args: ["--version"], env, timeoutMs: VERSION_TIMEOUT_MS },
    options.spawner === undefined ? {} : { spawner: options.spawner },
  );
  if (!run.ok) {
    const why = run.reason === "spawn" ? run.error.message : run.reason;
    throw new CliError("cli_spawn_failed", `${found.path} --version: ${why}`);
  }
  const version = run.code === 0 ? parseCliVersion(run.stdout) : undefined;
  if (version === undefined) {
    const said = `${run.stdout}${run.stderr}`.trim().slice(0, 300);
    throw new CliError(
      "cli_spawn_failed",
      `${found.path} --version: exit code ${run.code ?? "none"}, said: ${said}`,
    );
  }
  if (!isSupportedVersion(version)) {
    throw new CliError(
      "cli_too_old",
      `${found.path} is ${version}, needed is ${MINIMUM_CLI_VERSION} or newer`,
    );
  }
  return { ...found, version };
}

function lookUp(name: string, path: string | undefined): string | undefined {
  return (path ?? "")
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(realpathSync(path)).isFile();
  } catch {
    // Absent, or not ours to run.
    return false;
  }
}
