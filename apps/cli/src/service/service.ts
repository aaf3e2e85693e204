import { type Client, createClient } from "@steward/client/client";
import { DataDirectoryError, readToken } from "@steward/platform/data-directory";
import { CommandFailure, EXIT } from "../exit-codes.ts";
import type { Environment } from "../settings/environment.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { explainFailure } from "./explain.ts";

/** The running Steward this command talks to. */
export interface Service {
  readonly client: Client;
  readonly settings: Settings;
}

/** What every command gets from the program. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly environment: Environment;
}

/**
 * Does something with this installation's API and the token of its data directory.
 *
 * @throws CommandFailure, one sentence with the next step: wrong settings, no usable token, nobody answers, a refusal.
 */
export async function withService<Result>(
  { environment, terminal }: CommandContext,
  use: (service: Service) => Promise<Result>,
): Promise<Result> {
  const settings = requireSettings(environment, terminal);
  const token = requireToken(settings, terminal);
  try {
    return await use({ settings, client: createClient({ baseUrl: settings.apiUrl, token }) });
  } catch (error) {
    throw explainFailure(error, terminal, settings.apiUrl);
  }
}

/** @throws CommandFailure that tells every wrong variable at once. */
export function requireSettings(environment: Environment, terminal: Terminal): Settings {
  const result = readSettings(environment);
  if (result.ok) return result.value;
  const problems = result.problems.map(({ name, message }) => `  ${name}: ${message}`).join("\n");
  throw new CommandFailure(EXIT.nothingDone, `${terminal.say("cli.settings_wrong")}\n${problems}`);
}

/** @throws CommandFailure when the token file is missing, open to others or damaged. */
export function requireToken(settings: Settings, terminal: Terminal): string {
  let token: string | undefined;
  try {
    token = readToken(settings.data.token);
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) {
      const params = { path: settings.data.token, reason: reasonOf(error) };
      throw new CommandFailure(EXIT.nothingDone, terminal.say("cli.token_unreadable", params), {
        cause: error,
      });
    }
    const key = error.code === "token_exposed" ? "cli.token_exposed" : "cli.token_invalid";
    throw new CommandFailure(EXIT.nothingDone, terminal.say(key, { path: error.path }), { cause: error });
  }
  if (token !== undefined) return token;
  throw new CommandFailure(
    EXIT.nothingDone,
    terminal.say("cli.token_missing", { path: settings.data.token }),
  );
}

const reasonOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);
