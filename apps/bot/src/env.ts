import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type EnvProblem, parseEnv } from "@steward/platform/env";
import type { LogLevel } from "@steward/platform/logger";
import { z } from "zod";

/** One Telegram bot this program speaks for. */
export interface TelegramAccount {
  /** The bot's numeric id: the digits in front of the token's colon. */
  readonly botId: string;
  readonly token: string;
}

export interface BotEnv {
  readonly accounts: readonly TelegramAccount[];
  /** Root of the Bot API, without a trailing slash. */
  readonly apiRoot: string;
  /** Absolute path of a local Bot API server's directory (`--local`); null: files come over HTTP. */
  readonly localRoot: string | null;
  /** The data directory; the API's token lies in it. */
  readonly home: string;
  /** Where Steward's API answers, without a trailing slash. */
  readonly stewardUrl: string;
  readonly logLevel: LogLevel;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What @BotFather hands out: the bot's id, a colon, 35 characters (not counted on: a local server may differ). */
const TOKEN = /^(\d{1,20}):[A-Za-z0-9_-]{8,}$/;

const httpAddress = z
  .url({ protocol: /^https?$/, error: "must be an http or https address" })
  .transform((url) => url.replace(/\/+$/, ""));

const token = z.string().regex(TOKEN, "does not look like a bot token (123456789:AA…, from @BotFather)");

/** Every variable the bot program reads. */
export const envSchema = z.object({
  /** One bot. */
  TELEGRAM_BOT_TOKEN: token.optional(),
  /** Several bots, separated by commas. */
  TELEGRAM_BOT_TOKENS: z
    .string()
    .transform((list) => list.split(",").map((item) => item.trim()))
    .pipe(z.array(token))
    .optional(),
  /** A local Bot API server, if not Telegram's own. */
  TELEGRAM_API_ROOT: httpAddress.default("https://api.telegram.org"),
  /** Where a local Bot API server that runs with `--local` keeps its files: read from there, and from nowhere else. */
  TELEGRAM_LOCAL_FILES_ROOT: z
    .string()
    .transform((path) => resolve(path.replace(/^~(?=\/|$)/, homedir())))
    .optional(),
  STEWARD_HOME: z
    .string()
    .transform((path) => resolve(path.replace(/^~(?=\/|$)/, homedir())))
    .default(() => join(homedir(), ".steward")),
  STEWARD_HOST: z.string().default("127.0.0.1"),
  STEWARD_PORT: z.coerce
    .number({ error: "must be a port number" })
    .int("must be a port number")
    .min(0, "must be between 0 and 65535")
    .max(65_535, "must be between 0 and 65535")
    .default(8000),
  /** Where the API answers, if not at STEWARD_HOST and STEWARD_PORT. */
  STEWARD_API_URL: httpAddress.optional(),
  STEWARD_LOG_LEVEL: z
    .enum(["debug", "info", "warn", "error", "silent"], {
      error: "must be debug, info, warn, error or silent",
    })
    .default("info"),
});

/** The process's variables over those of `.env`. One that is set to nothing counts as not set. */
export function mergeEnvironment(own: Environment, dotEnv: Environment): Environment {
  const set = Object.entries(own).filter(([, value]) => value !== undefined && value.trim() !== "");
  return { ...dotEnv, ...Object.fromEntries(set) };
}

/** Reads the environment once; every problem is told, none stops the search for the next. */
export function readBotEnv(
  source: Environment,
): { ok: true; value: BotEnv } | { ok: false; problems: EnvProblem[] } {
  const result = parseEnv(envSchema, source);
  if (!result.ok) return result;
  const env = result.value;
  const tokens = [
    ...(env.TELEGRAM_BOT_TOKEN === undefined ? [] : [env.TELEGRAM_BOT_TOKEN]),
    ...(env.TELEGRAM_BOT_TOKENS ?? []),
  ];
  // The same token in both variables is one bot, not a mistake.
  const accounts = [...new Set(tokens)].map((each) => ({ botId: each.split(":", 1)[0] ?? "", token: each }));
  const problems = checkAccounts(accounts);
  if (env.STEWARD_PORT === 0 && env.STEWARD_API_URL === undefined) {
    problems.push({ name: "STEWARD_PORT", message: "is 0 (any free one), so STEWARD_API_URL is required" });
  }
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    value: {
      accounts,
      apiRoot: env.TELEGRAM_API_ROOT,
      localRoot: env.TELEGRAM_LOCAL_FILES_ROOT ?? null,
      home: env.STEWARD_HOME,
      stewardUrl: env.STEWARD_API_URL ?? `http://${reachableHost(env.STEWARD_HOST)}:${env.STEWARD_PORT}`,
      logLevel: env.STEWARD_LOG_LEVEL,
    },
  };
}

function checkAccounts(accounts: readonly TelegramAccount[]): EnvProblem[] {
  if (accounts.length === 0) {
    return [{ name: "TELEGRAM_BOT_TOKEN", message: "is required (or TELEGRAM_BOT_TOKENS for several bots)" }];
  }
  const seen = new Set<string>();
  const problems: EnvProblem[] = [];
  for (const { botId } of accounts) {
    if (seen.has(botId))
      problems.push({ name: "TELEGRAM_BOT_TOKENS", message: `has two tokens of bot ${botId}` });
    seen.add(botId);
  }
  return problems;
}

/** The API may be told to listen on every address; a caller needs one of them. */
function reachableHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::" || host === "[::]") return "[::1]";
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}
