import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type EnvProblem, parseEnv } from "@steward/platform/env";
import { z } from "zod";
import { type ApiConfig, silences, toConfig } from "./api-config.ts";
import { checkEmbedding, OPENAI_API } from "./search/embedders/read-embedding-setting.ts";
import { checkTranscription, OPENAI_TRANSCRIPTIONS } from "./transcription/read-transcription-setting.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const list = (text: string): string[] =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

const withHome = (value: string): string => value.replace(/^~(?=\/|$)/, homedir());
const path = z.string().transform((value) => resolve(withHome(value)));
const hosts = z
  .string()
  .transform(list)
  .pipe(
    z.array(
      z.string().regex(/^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?$/i, "must be host names, comma-separated"),
    ),
  );
const seconds = z.coerce
  .number({ error: "must be a number of seconds" })
  .positive("must be more than 0 seconds")
  .max(2_592_000, "must be at most 30 days");
const count = z.coerce
  .number({ error: "must be a whole number" })
  .int("must be a whole number")
  .min(1, "must be at least 1");

const baseUrl = z
  .url({ protocol: /^https?$/, error: "must be an http or https address" })
  .transform((url) => url.replace(/\/+$/, ""));

/** Every variable the API reads. Seconds and megabytes are the ancestor's units and stay what they were. */
export const envSchema = z.object({
  STEWARD_HOME: path.default(() => join(homedir(), ".steward")),
  STEWARD_HOST: z.string().default("127.0.0.1"),
  /** 0 = any free one. */
  STEWARD_PORT: z.coerce
    .number({ error: "must be a port number" })
    .int("must be a port number")
    .min(0, "must be between 0 and 65535")
    .max(65_535, "must be between 0 and 65535")
    .default(8000),
  /** Names, besides the loopback ones, that clients reach Steward by. */
  STEWARD_ALLOWED_HOSTS: hosts.default([]),
  /** `1`: something in front encrypts what crosses the network. Required to listen beyond this machine. */
  STEWARD_BEHIND_TLS: z.enum(["0", "1"], { error: "must be 0 or 1" }).default("0"),
  STEWARD_LOG_LEVEL: z
    .enum(["debug", "info", "warn", "error", "silent"], {
      error: "must be debug, info, warn, error or silent",
    })
    .default("info"),
  NODE_ENV: z.string().optional(),

  TELEGRAM_BOT_TOKEN: z.string().optional(),
  /** Read by the bot; that it is set means that files may be as large as a local Bot API server lets them be. */
  TELEGRAM_LOCAL_FILES_ROOT: z.string().optional(),
  TELEGRAM_BOT_TOKENS: z.string().transform(list).default([]),

  /** A path, or a name to be found on PATH. */
  CLAUDE_BIN: z.string().transform(withHome).optional(),
  ANTHROPIC_API_KEY: z.string().optional(),
  ANTHROPIC_AUTH_TOKEN: z.string().optional(),
  CLAUDE_CODE_OAUTH_TOKEN: z.string().optional(),
  ANTHROPIC_BASE_URL: z.url({ protocol: /^https?$/, error: "must be an http or https address" }).optional(),

  /** Whether the CLI and all that it starts is shut in: where the host can, always or not at all, or never. */
  STEWARD_SANDBOX: z
    .enum(["auto", "require", "off"], { error: "must be auto, require or off" })
    .default("auto"),
  /** More that the agent may read in the sandbox: toolchains in the home, say. */
  STEWARD_SANDBOX_READ: z
    .string()
    .transform((text) => list(text).map((item) => resolve(withHome(item))))
    .default([]),
  /** `1`: `bypassPermissions` may run where there is no sandbox. */
  STEWARD_BYPASS_WITHOUT_SANDBOX: z.enum(["0", "1"], { error: "must be 0 or 1" }).default("0"),

  /** A file of the owner's that every chat's turns are reminded of. */
  STEWARD_CONTEXT_FILE: path.optional(),
  /** The ancestor's: the database's own path. */
  DATABASE_PATH: path.optional(),
  /** The ancestor's: where workspaces lie. */
  GATEWAY_SESSION_DIR: path.optional(),
  /** How long a session stays warm without a message. */
  GATEWAY_SESSION_IDLE_TIMEOUT: seconds.optional(),
  /** An older name of the same. */
  GATEWAY_SESSION_TIMEOUT: seconds.optional(),
  /** How long the model may be silent. The ancestor bounded the whole run; here only silence counts. */
  GATEWAY_CLAUDE_TIMEOUT: seconds.optional(),
  /** How long a tool may be silent; must be more than the one above. */
  GATEWAY_BUSY_STUCK_TIMEOUT: seconds.optional(),
  GATEWAY_QUEUE_WAIT_TIMEOUT: seconds.default(120),
  GATEWAY_MIN_FREE_MB: z.coerce
    .number({ error: "must be a number of megabytes" })
    .min(0, "must not be negative")
    .default(512),
  GATEWAY_MAX_CLAUDE_PROCESSES: count.optional(),
  STEWARD_SESSION_MAX_MB: count.optional(),
  /** Uploads are refused before the disk has less left than this. */
  STEWARD_MIN_FREE_DISK_MB: z.coerce
    .number({ error: "must be a number of megabytes" })
    .min(0, "must not be negative")
    .default(512),
  /** How voice messages become text; off: they come as files. */
  STEWARD_TRANSCRIPTION: z
    .enum(["off", "openai", "command"], { error: "must be off, openai or command" })
    .default("off"),
  /** The whole address of an OpenAI-compatible endpoint. */
  STEWARD_TRANSCRIPTION_URL: z
    .url({ protocol: /^https?$/, error: "must be an http or https address" })
    .default(OPENAI_TRANSCRIPTIONS),
  STEWARD_TRANSCRIPTION_MODEL: z.string().default("whisper-1"),
  STEWARD_TRANSCRIPTION_LANGUAGE: z
    .string()
    .regex(/^[a-z]{2,3}$/, "must be a language code such as en or zh")
    .optional(),
  STEWARD_TRANSCRIPTION_KEY: z.string().optional(),
  /** The key that other tools on the machine use, where no other is set; sent to OpenAI's own endpoint alone. */
  OPENAI_API_KEY: z.string().optional(),
  /** Words between spaces, or a JSON list of them; the file's path is added. */
  STEWARD_TRANSCRIPTION_COMMAND: z.string().optional(),
  STEWARD_TRANSCRIPTION_TIMEOUT: seconds.default(60),
  /** A build of sqlite-vec to be loaded in place of the one that comes with Steward. */
  STEWARD_VECTOR_EXTENSION: path.optional(),
  /** What embeds texts for searching by meaning; auto: an Ollama on this machine, when there is one. */
  STEWARD_EMBEDDER: z
    .enum(["auto", "ollama", "openai", "off"], { error: "must be auto, ollama, openai or off" })
    .default("auto"),
  /** The ancestor's: where Ollama is. Set, it is used, wherever it is. */
  OLLAMA_BASE_URL: baseUrl.optional(),
  /** The ancestor's: its model. */
  OLLAMA_EMBED_MODEL: z.string().optional(),
  /** How long Ollama keeps the model loaded after a request. */
  STEWARD_EMBED_KEEP_ALIVE: z
    .string()
    .regex(/^-?\d+(?:ms|[smh])$/, "must be a duration such as 30m, or -1m for ever")
    .default("30m"),
  /** An OpenAI-compatible endpoint, with its version. */
  STEWARD_EMBED_URL: baseUrl.default(OPENAI_API),
  STEWARD_EMBED_MODEL: z.string().default("text-embedding-3-small"),
  STEWARD_EMBED_KEY: z.string().optional(),
  /** What is written before questions and texts, where the model's own way is not known. */
  STEWARD_EMBED_QUERY_PREFIX: z.string().optional(),
  STEWARD_EMBED_DOCUMENT_PREFIX: z.string().optional(),
  /** `haiku`: a cheap model first decides who answers a message. */
  STEWARD_TRIAGE: z.enum(["off", "haiku"], { error: "must be off or haiku" }).optional(),
});

/** The process's variables over those of `.env`. One that is set to nothing counts as not set, here as there. */
export const mergeEnvironment = (own: Environment, dotEnv: Environment): Environment => ({
  ...dotEnv,
  ...Object.fromEntries(
    Object.entries(own).filter(([, value]) => value !== undefined && value.trim() !== ""),
  ),
});

/** Reads the environment once. All problems are told together; their messages never contain a value. */
export function readApiConfig(
  source: Environment,
): { ok: true; value: ApiConfig } | { ok: false; problems: EnvProblem[] } {
  const result = parseEnv(envSchema, source);
  if (!result.ok) return result;
  const env = result.value;
  const problems = [
    ...checkExposure(env),
    ...checkTimeouts(env),
    ...checkTranscription(env),
    ...checkEmbedding(env),
  ];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: toConfig(env) };
}

/** The variables, parsed. */
export type Env = z.output<typeof envSchema>;

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);

/** Listening beyond this machine takes names to be called by, and the owner's word that the way is encrypted (T11). */
function checkExposure(env: Env): EnvProblem[] {
  if (isLoopback(env.STEWARD_HOST)) return [];
  const problems: EnvProblem[] = [];
  const beyond = "to listen beyond this machine (STEWARD_HOST is not a loopback address)";
  if (env.STEWARD_ALLOWED_HOSTS.length === 0) {
    problems.push({
      name: "STEWARD_ALLOWED_HOSTS",
      message: `must name the hosts clients may use, ${beyond}`,
    });
  }
  if (env.STEWARD_BEHIND_TLS !== "1") {
    const message = `must be 1 ${beyond}: the token would cross the network in clear; put a TLS proxy in front`;
    problems.push({ name: "STEWARD_BEHIND_TLS", message });
  }
  return problems;
}

function checkTimeouts(env: Env): EnvProblem[] {
  const { modelSilenceS, toolSilenceS } = silences(env);
  if (toolSilenceS > modelSilenceS) return [];
  return [{ name: "GATEWAY_BUSY_STUCK_TIMEOUT", message: "must be more than GATEWAY_CLAUDE_TIMEOUT" }];
}
