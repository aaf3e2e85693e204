import type { EnvProblem } from "@steward/platform/env";
import { checkOpenAiKey, type OpenAiEndpoint, openAiKey } from "../openai-key.ts";
import { readArgv, type TranscriptionSetting } from "./transcription-setting.ts";

export const OPENAI_TRANSCRIPTIONS = "https://api.openai.com/v1/audio/transcriptions";

/** The variables that it is made of. */
export interface TranscriptionVariables {
  readonly STEWARD_TRANSCRIPTION: "off" | "openai" | "command";
  readonly STEWARD_TRANSCRIPTION_URL: string;
  readonly STEWARD_TRANSCRIPTION_MODEL: string;
  readonly STEWARD_TRANSCRIPTION_LANGUAGE?: string | undefined;
  readonly STEWARD_TRANSCRIPTION_KEY?: string | undefined;
  readonly OPENAI_API_KEY?: string | undefined;
  readonly STEWARD_TRANSCRIPTION_COMMAND?: string | undefined;
  /** Seconds. */
  readonly STEWARD_TRANSCRIPTION_TIMEOUT: number;
}

const endpoint = (env: TranscriptionVariables): OpenAiEndpoint => ({
  url: env.STEWARD_TRANSCRIPTION_URL,
  openAiUrl: OPENAI_TRANSCRIPTIONS,
  ownKey: env.STEWARD_TRANSCRIPTION_KEY,
  generalKey: env.OPENAI_API_KEY,
});

/** What has to be set together. */
export function checkTranscription(env: TranscriptionVariables): EnvProblem[] {
  if (env.STEWARD_TRANSCRIPTION === "command" && readArgv(env.STEWARD_TRANSCRIPTION_COMMAND ?? "") === null) {
    const message =
      "must name a command (words between spaces, or a JSON list) for STEWARD_TRANSCRIPTION=command";
    return [{ name: "STEWARD_TRANSCRIPTION_COMMAND", message }];
  }
  return env.STEWARD_TRANSCRIPTION === "openai"
    ? checkOpenAiKey(endpoint(env), "STEWARD_TRANSCRIPTION_KEY")
    : [];
}

export function readTranscriptionSetting(env: TranscriptionVariables): TranscriptionSetting {
  const timeoutMs = env.STEWARD_TRANSCRIPTION_TIMEOUT * 1000;
  const argv = readArgv(env.STEWARD_TRANSCRIPTION_COMMAND ?? "");
  if (env.STEWARD_TRANSCRIPTION === "command" && argv !== null) return { mode: "command", argv, timeoutMs };
  if (env.STEWARD_TRANSCRIPTION !== "openai") return { mode: "off" };
  return {
    mode: "openai",
    url: env.STEWARD_TRANSCRIPTION_URL,
    model: env.STEWARD_TRANSCRIPTION_MODEL,
    language: env.STEWARD_TRANSCRIPTION_LANGUAGE ?? null,
    key: openAiKey(endpoint(env)),
    timeoutMs,
  };
}
