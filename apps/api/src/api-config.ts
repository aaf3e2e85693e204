import { MAX_LOCAL_UPLOAD_BYTES, MAX_UPLOAD_BYTES } from "@steward/contract/files";
import type { LogLevel } from "@steward/platform/logger";
import type { Env } from "./env.ts";
import type { EmbeddingSetting } from "./search/embedders/embedding-setting.ts";
import { readEmbeddingSetting } from "./search/embedders/read-embedding-setting.ts";
import { readTranscriptionSetting } from "./transcription/read-transcription-setting.ts";
import type { TranscriptionSetting } from "./transcription/transcription-setting.ts";

/** The API's settings, in our own names and units. What is null is decided by the machine or the data directory. */
export interface ApiConfig {
  readonly homeDirectory: string;
  readonly logLevel: LogLevel;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly allowedHosts: readonly string[];
    /** Compare each answer with its schema before it goes out. */
    readonly checkAnswers: boolean;
  };
  readonly storage: { readonly databasePath: string | null; readonly workspacesDirectory: string | null };
  readonly claude: {
    readonly bin: string | null;
    /** What the owner set for the CLI itself, by its own variable names; handed on to it. */
    readonly credentials: Readonly<Record<string, string>>;
  };
  readonly sessions: {
    readonly idleTimeoutMs: number;
    readonly modelSilenceMs: number;
    readonly toolSilenceMs: number;
    readonly minFreeBytes: number;
    readonly maxLive: number | null;
    /** Null: what a person has set holds. */
    readonly triage: "off" | "haiku" | null;
    readonly maxSessionBytes: number | null;
  };
  readonly sandbox: {
    readonly setting: "auto" | "require" | "off";
    /** Paths of the owner's that the agent may read besides. */
    readonly readable: readonly string[];
    /** The owner's word that `bypassPermissions` may run without a sandbox. */
    readonly bypassWithout: boolean;
  };
  /** Its first 2,000 characters go into every chat's turns. */
  readonly contextFile: string | null;
  readonly gateway: { readonly queueWaitTimeoutMs: number };
  readonly files: { readonly minFreeDiskBytes: number; readonly maxUploadBytes: number };
  readonly transcription: TranscriptionSetting;
  /** Another build of the vector extension than the one that comes with Steward. */
  readonly search: { readonly vectorExtension: string | null };
  readonly embedding: EmbeddingSetting;
  readonly telegram: { readonly configured: boolean };
  /** Values that must never be written anywhere. */
  readonly secrets: readonly string[];
}

const CREDENTIAL_NAMES = [
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_AUTH_TOKEN",
  "CLAUDE_CODE_OAUTH_TOKEN",
  "ANTHROPIC_BASE_URL",
] as const;

const DEFAULT_IDLE_S = 7_200;
const DEFAULT_MODEL_SILENCE_S = 300;
const DEFAULT_TOOL_SILENCE_S = 900;

/** Who lengthens only the first of the two did not mean the second to cut it short. */
export function silences(env: Env): { modelSilenceS: number; toolSilenceS: number } {
  const modelSilenceS = env.GATEWAY_CLAUDE_TIMEOUT ?? DEFAULT_MODEL_SILENCE_S;
  const fallback = Math.max(DEFAULT_TOOL_SILENCE_S, modelSilenceS * 1.1);
  return { modelSilenceS, toolSilenceS: env.GATEWAY_BUSY_STUCK_TIMEOUT ?? fallback };
}

/** Of variables that fit together. */
export function toConfig(env: Env): ApiConfig {
  const { modelSilenceS, toolSilenceS } = silences(env);
  const telegramTokens = [env.TELEGRAM_BOT_TOKEN, ...env.TELEGRAM_BOT_TOKENS].filter(
    (token) => token !== undefined,
  );
  const credentials = Object.fromEntries(
    CREDENTIAL_NAMES.map((name) => [name, env[name]] as const).filter(
      (entry): entry is [(typeof CREDENTIAL_NAMES)[number], string] => entry[1] !== undefined,
    ),
  );
  const { ANTHROPIC_BASE_URL: _, ...secretCredentials } = credentials;
  return deepFreeze({
    homeDirectory: env.STEWARD_HOME,
    logLevel: env.STEWARD_LOG_LEVEL,
    http: {
      host: env.STEWARD_HOST,
      port: env.STEWARD_PORT,
      allowedHosts: env.STEWARD_ALLOWED_HOSTS,
      checkAnswers: env.NODE_ENV === "development" || env.NODE_ENV === "test",
    },
    storage: {
      databasePath: env.DATABASE_PATH ?? null,
      workspacesDirectory: env.GATEWAY_SESSION_DIR ?? null,
    },
    claude: { bin: env.CLAUDE_BIN ?? null, credentials },
    sessions: {
      idleTimeoutMs:
        (env.GATEWAY_SESSION_IDLE_TIMEOUT ?? env.GATEWAY_SESSION_TIMEOUT ?? DEFAULT_IDLE_S) * 1000,
      modelSilenceMs: modelSilenceS * 1000,
      toolSilenceMs: toolSilenceS * 1000,
      minFreeBytes: env.GATEWAY_MIN_FREE_MB * 1_048_576,
      maxLive: env.GATEWAY_MAX_CLAUDE_PROCESSES ?? null,
      triage: env.STEWARD_TRIAGE ?? null,
      maxSessionBytes: env.STEWARD_SESSION_MAX_MB ? env.STEWARD_SESSION_MAX_MB * 1_048_576 : null,
    },
    sandbox: {
      setting: env.STEWARD_SANDBOX,
      readable: env.STEWARD_SANDBOX_READ,
      bypassWithout: env.STEWARD_BYPASS_WITHOUT_SANDBOX === "1",
    },
    contextFile: env.STEWARD_CONTEXT_FILE ?? null,
    gateway: { queueWaitTimeoutMs: env.GATEWAY_QUEUE_WAIT_TIMEOUT * 1000 },
    files: {
      minFreeDiskBytes: env.STEWARD_MIN_FREE_DISK_MB * 1_048_576,
      maxUploadBytes: env.TELEGRAM_LOCAL_FILES_ROOT === undefined ? MAX_UPLOAD_BYTES : MAX_LOCAL_UPLOAD_BYTES,
    },
    transcription: readTranscriptionSetting(env),
    search: { vectorExtension: env.STEWARD_VECTOR_EXTENSION ?? null },
    embedding: readEmbeddingSetting(env),
    telegram: { configured: telegramTokens.length > 0 },
    secrets: [
      ...telegramTokens,
      ...Object.values(secretCredentials),
      ...[env.STEWARD_TRANSCRIPTION_KEY, env.STEWARD_EMBED_KEY, env.OPENAI_API_KEY].filter(
        (key) => key !== undefined,
      ),
    ],
  });
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && inner !== null) deepFreeze(inner);
  }
  return Object.freeze(value);
}
