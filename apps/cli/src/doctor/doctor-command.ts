import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { findCliBinary, MINIMUM_CLI_VERSION } from "@steward/claude/cli-binary";
import { buildCliEnvironment } from "@steward/claude/cli-environment";
import { probeLogin } from "@steward/claude/cli-login";
import { DataDirectoryError, readToken } from "@steward/platform/data-directory";
import { createRedactor } from "@steward/platform/logger";
import { freeMemoryBytes } from "@steward/platform/memory";
import { z } from "zod";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { probeService } from "../service/probe.ts";
import type { CommandContext } from "../service/service.ts";
import { DOT_ENV_PATH, type Environment } from "../settings/environment.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import type { ClaudeFacts } from "./checks/claude.ts";
import { listeningAddresses } from "./checks/exposure.ts";
import { freeDiskBytes } from "./checks/machine.ts";
import { tryOutSandbox } from "./checks/sandbox.ts";
import { diagnose, type Facts } from "./diagnosis.ts";
import { msg, problem } from "./finding.ts";
import { printJsonReport, printReport } from "./report.ts";

/** `steward doctor`: looks at everything Steward stands on. Changes nothing, and works whether it runs or not. */
export async function runDoctor(
  options: { readonly json?: boolean },
  { terminal, environment }: CommandContext,
): Promise<ExitCode> {
  const settings = readSettings(environment);
  const findings = settings.ok
    ? diagnose(await gatherFacts(settings.value))
    : settings.problems.map(({ name, message }) =>
        problem("settings", msg("cli.doctor.settings", { name, message }), msg("cli.doctor.settings_fix")),
      );
  const deps = { terminal, redactor: createRedactor(secretsIn(environment)) };
  if (options.json === true) printJsonReport(findings, deps);
  else printReport(findings, deps);
  return findings.some(({ status }) => status === "problem") ? EXIT.failed : EXIT.ok;
}

async function gatherFacts(settings: Settings): Promise<Facts> {
  const [probe, claude, sandbox] = await Promise.all([
    probeService(settings.apiUrl, usableToken(settings.data.token)),
    askClaude(settings.environment),
    tryOutSandbox(settings),
  ]);
  return {
    settings,
    dotEnvPath: DOT_ENV_PATH,
    nodeVersion: process.versions.node,
    minimumNode: minimumNode(),
    claude,
    sandbox,
    probe,
    user: { uid: process.getuid?.(), name: userInfo().username },
    listening: listeningAddresses(settings.port),
    freeDiskBytes: freeDiskBytes(settings.data.root),
    freeMemoryBytes: freeMemoryBytes(),
    nowMs: Date.now(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

/** Finds the CLI as the service does, and asks it what the service asks. */
async function askClaude(environment: Environment): Promise<ClaudeFacts> {
  const asked = { minimumVersion: MINIMUM_CLI_VERSION };
  try {
    const binary = await findCliBinary({ env: environment });
    const login = await probeLogin(binary, buildCliEnvironment({ source: environment })).catch(asError);
    return { ...asked, binary, login };
  } catch (error) {
    return { ...asked, binary: asError(error), login: null };
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** The token if it may be used; what is wrong with it otherwise is told by its own check. */
function usableToken(path: string): string | undefined {
  try {
    return readToken(path);
  } catch (error) {
    if (error instanceof DataDirectoryError || (error instanceof Error && "code" in error)) return undefined;
    throw error;
  }
}

/** The repository's own statement: `steward.minimumNode` of its package.json. */
function minimumNode(): string {
  const text = readFileSync(new URL("../../../../package.json", import.meta.url), "utf8");
  return z.object({ steward: z.object({ minimumNode: z.string() }) }).parse(JSON.parse(text)).steward
    .minimumNode;
}

const SECRET_NAMES = [
  "TELEGRAM_BOT_TOKEN",
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_AUTH_TOKEN",
  "CLAUDE_CODE_OAUTH_TOKEN",
] as const;

const secretsIn = (environment: Environment): string[] =>
  [
    ...SECRET_NAMES.map((name) => environment[name]),
    ...(environment.TELEGRAM_BOT_TOKENS ?? "").split(","),
  ].flatMap((secret) => (secret === undefined || secret.trim() === "" ? [] : [secret.trim()]));
