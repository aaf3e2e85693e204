import type { CliLaunch } from "../cli-driver.ts";

/**
 * The command line. Prompts never stand in it, the system prompt's addition included (the handshake carries it):
 * they would show in `ps` and break the limits of argv.
 *
 * Only the user's own settings count, and no MCP server but ours: a working directory may hold planted files.
 */
export function buildLaunchArguments(launch: CliLaunch): string[] {
  return [
    "-p",
    ...["--input-format", "stream-json"],
    ...["--output-format", "stream-json"],
    "--verbose",
    "--include-partial-messages",
    "--replay-user-messages",
    ...["--permission-prompt-tool", "stdio"],
    ...[launch.resume ? "--resume" : "--session-id", launch.cliSessionId],
    ...["--setting-sources", "user"],
    "--strict-mcp-config",
    ...(launch.model === undefined ? [] : ["--model", launch.model]),
    ...(launch.fallbackModel === undefined ? [] : ["--fallback-model", launch.fallbackModel]),
    ...(launch.aside === undefined ? [] : ASIDE),
    ...(launch.permissionMode === undefined ? [] : ["--permission-mode", launch.permissionMode]),
    // The flag takes any number of values: written with `=` it cannot swallow what follows, nor be taken for a flag.
    ...(launch.allowRules ?? []).map((rule) => `--allowedTools=${rule}`),
    ...(launch.toolServer === undefined ? [] : [`--allowedTools=mcp__${launch.toolServer.name}`]),
    ...(launch.additionalDirectories ?? []).map((path) => `--add-dir=${path}`),
  ];
}

const ASIDE = ["--tools", "", "--disable-slash-commands", "--no-session-persistence"] as const;

/**
 * Left to itself the CLI asks a failing server ten times, for three minutes. At least 2, because its own fallback to
 * another model needs three refusals in a row.
 */
const DEFAULT_MAX_RETRIES = 3;

/** The launch's environment with what belongs to this one process. */
export function buildLaunchEnvironment(launch: CliLaunch): Record<string, string> {
  return {
    ...launch.env,
    CLAUDE_CODE_MAX_RETRIES: String(launch.maxRetries ?? DEFAULT_MAX_RETRIES),
    [launch.marker.name]: launch.marker.value,
  };
}
