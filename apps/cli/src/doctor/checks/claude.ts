import { type CliBinary, CliError } from "@steward/claude/cli-driver";
import type { CliLogin } from "@steward/claude/cli-login";
import type { ServiceProbe } from "../../service/probe.ts";
import type { Environment } from "../../settings/environment.ts";
import { type Finding, msg, ok, problem, shellWord, warning } from "../finding.ts";

/** What was found out about the CLI by asking it; an error is the answer that it could not be asked. */
export interface ClaudeFacts {
  readonly minimumVersion: string;
  readonly binary: CliBinary | Error;
  /** Null when there is no binary to ask. */
  readonly login: CliLogin | Error | null;
}

/** The Claude CLI that a service started here would use. */
export function checkClaude({ binary, minimumVersion }: ClaudeFacts): Finding {
  if (!(binary instanceof Error)) {
    const { version, path, source } = binary;
    const sentences = {
      env: "cli.doctor.claude_env",
      path: "cli.doctor.claude_path",
      bundled: "cli.doctor.claude_bundled",
    } as const;
    return ok("claude", msg(sentences[source], { version, path, minimum: minimumVersion }));
  }
  const params = { reason: reasonOf(binary), minimum: minimumVersion };
  switch (binary instanceof CliError ? binary.code : undefined) {
    case "cli_not_found":
      return problem(
        "claude",
        msg("cli.doctor.claude_missing", params),
        msg("cli.doctor.claude_missing_fix"),
      );
    case "cli_too_old":
      return problem("claude", msg("cli.doctor.claude_old", params), msg("cli.doctor.claude_old_fix"));
    default:
      return problem("claude", msg("cli.doctor.claude_broken", params), msg("cli.doctor.claude_broken_fix"));
  }
}

/** The driver's errors begin with their code, which is no word for a person. */
const reasonOf = (error: Error): string =>
  error instanceof CliError ? error.message.replace(`${error.code}: `, "") : error.message;

/**
 * Credentials in the order in which the CLI takes them; its stored login comes last. Measured on 2.1.197 and 2.1.328 by
 * the headers it sends: the first two go out together, each of them keeps the third at home. (`claude auth status` of
 * 2.1.197 names the third although it is not used.)
 */
const CREDENTIALS = ["ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN"] as const;

/** Which login wins. @param telegram whether a bot is set up: then there is no demo mode to fall back to. */
export function checkLogin(
  { login }: ClaudeFacts,
  environment: Environment,
  { telegram }: { readonly telegram: boolean },
): Finding[] {
  if (login === null) return [];
  if (login instanceof Error) {
    return [warning("login", msg("cli.doctor.login_unknown", { reason: reasonOf(login) }))];
  }
  const [winner, ...others] = CREDENTIALS.filter((name) => (environment[name] ?? "") !== "");
  if (winner === "ANTHROPIC_AUTH_TOKEN" && others.includes("ANTHROPIC_API_KEY")) {
    return [warning("login", msg("cli.doctor.login_both"), msg("cli.doctor.login_both_fix"))];
  }
  if (winner !== undefined) {
    const message =
      others.length === 0
        ? msg("cli.doctor.login", { login: winner })
        : msg("cli.doctor.login_beats", { login: winner, others: others.join(", ") });
    return [ok("login", message)];
  }
  if (login.loggedIn) return [ok("login", msg("cli.doctor.login", { login: login.method ?? "Claude Code" }))];
  const fix = msg("cli.doctor.login_none_fix");
  return [
    telegram
      ? problem("login", msg("cli.doctor.login_none"), fix)
      : warning("login", msg("cli.doctor.login_none_demo"), fix),
  ];
}

/** A service started elsewhere, or before a change, may use another CLI than the one found from here. */
export function checkSameCli({ binary }: ClaudeFacts, probe: ServiceProbe): Finding[] {
  if (binary instanceof Error || probe.state !== "up" || probe.inside === null) return [];
  const { found, path, version } = probe.inside.system.cli;
  if (!found || path === null || (path === binary.path && version === binary.version)) return [];
  return [
    warning(
      "claude",
      msg("cli.doctor.service_other_cli", { path: shellWord(path), version: version ?? "?" }),
      msg("cli.doctor.service_other_cli_fix"),
    ),
  ];
}
