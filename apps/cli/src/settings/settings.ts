import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type DataDirectoryPaths, locateDataDirectory } from "@steward/platform/data-directory";
import { type EnvProblem, parseEnv } from "@steward/platform/env";
import { z } from "zod";
import type { Environment } from "./environment.ts";

/** What the command line needs to know about the installation it speaks for. */
export interface Settings {
  readonly data: DataDirectoryPaths;
  /** The address the API is told to listen on. */
  readonly host: string;
  readonly port: number;
  /** The owner has said by which names, and that the way is encrypted: what it takes to listen beyond this machine. */
  readonly openOnPurpose: boolean;
  /** Where the API answers, without a trailing slash. */
  readonly apiUrl: string;
  /** As set; their form is the doctor's business. */
  readonly telegramTokens: readonly string[];
  /** Everything set in the process and, where that is silent, in the checkout's `.env`. */
  readonly environment: Environment;
}

const list = (text: string): string[] =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

const path = z.string().transform((value) => resolve(value.replace(/^~(?=\/|$)/, homedir())));

const schema = z.object({
  STEWARD_HOME: path.default(() => join(homedir(), ".steward")),
  /** The ancestor's: the database's own path. */
  DATABASE_PATH: path.optional(),
  STEWARD_HOST: z.string().default("127.0.0.1"),
  STEWARD_PORT: z.coerce
    .number({ error: "must be a port number" })
    .int("must be a port number")
    .min(1, "must be between 1 and 65535")
    .max(65_535, "must be between 1 and 65535")
    .default(8000),
  /** Where the API answers, if not at STEWARD_HOST and STEWARD_PORT. */
  STEWARD_API_URL: z
    .url({ protocol: /^https?$/, error: "must be an http or https address" })
    .transform((url) => url.replace(/\/+$/, ""))
    .optional(),
  STEWARD_ALLOWED_HOSTS: z.string().transform(list).default([]),
  STEWARD_BEHIND_TLS: z.string().optional(),
  TELEGRAM_BOT_TOKEN: z.string().optional(),
  TELEGRAM_BOT_TOKENS: z.string().transform(list).default([]),
});

export function readSettings(
  environment: Environment,
): { ok: true; value: Settings } | { ok: false; problems: EnvProblem[] } {
  const result = parseEnv(schema, environment);
  if (!result.ok) return result;
  const env = result.value;
  const single = env.TELEGRAM_BOT_TOKEN === undefined ? [] : [env.TELEGRAM_BOT_TOKEN];
  return {
    ok: true,
    value: {
      data: {
        ...locateDataDirectory(env.STEWARD_HOME),
        ...(env.DATABASE_PATH === undefined ? {} : { db: env.DATABASE_PATH }),
      },
      openOnPurpose: env.STEWARD_ALLOWED_HOSTS.length > 0 && env.STEWARD_BEHIND_TLS === "1",
      host: env.STEWARD_HOST,
      port: env.STEWARD_PORT,
      apiUrl: env.STEWARD_API_URL ?? `http://${reachableHost(env.STEWARD_HOST)}:${env.STEWARD_PORT}`,
      telegramTokens: [...new Set([...single, ...env.TELEGRAM_BOT_TOKENS])],
      environment,
    },
  };
}

/** The API may be told to listen on every address; a caller needs one of them. */
function reachableHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::" || host === "[::]") return "[::1]";
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}
