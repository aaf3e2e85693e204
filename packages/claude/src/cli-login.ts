import { type ProcessSpawner, runCommand } from "@steward/platform/process";
import { type CliBinary, CliError } from "./cli-driver.ts";
import { asText, parseRawMessage } from "./codec/raw-message.ts";

export interface CliLogin {
  loggedIn: boolean;
  /** In the CLI's words: `claude.ai`, `api_key`, `oauth_token` … `null` without a login. */
  method: string | null;
}

const STATUS_TIMEOUT_MS = 20_000;

/**
 * Asks the CLI, offline, whether it could authenticate. It looks at what is configured, not whether the server would
 * accept it.
 *
 * @param env the environment a session would get (`buildCliEnvironment`).
 * @throws CliError `cli_spawn_failed` when the CLI gives no status.
 */
export async function probeLogin(
  binary: Pick<CliBinary, "path">,
  env: Readonly<Record<string, string>>,
  deps: { spawner?: ProcessSpawner } = {},
): Promise<CliLogin> {
  const run = await runCommand(
    { command: binary.path, args: ["auth", "status"], env, timeoutMs: STATUS_TIMEOUT_MS },
    deps,
  );
  if (!run.ok) {
    const why = run.reason === "spawn" ? run.error.message : run.reason;
    throw new CliError("cli_spawn_failed", `${binary.path} auth status: ${why}`);
  }
  const status = parseRawMessage(run.stdout);
  if (typeof status?.loggedIn !== "boolean") {
    const said = `${run.stdout}${run.stderr}`.trim().slice(0, 300);
    throw new CliError("cli_spawn_failed", `${binary.path} auth status: ${said}`);
  }
  const method = asText(status.authMethod);
  return { loggedIn: status.loggedIn, method: method === undefined || method === "none" ? null : method };
}
