import { accessSync, constants, mkdirSync, rmSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import type { SystemInfo } from "@steward/contract/health";
import type { Transcriber } from "@steward/core/transcription/transcriber";
import { createProcessSpawner } from "@steward/platform/process";
import type { Environment } from "../env.ts";
import { createCommandTranscriber } from "./command-transcriber.ts";
import { createEndpointTranscriber } from "./endpoint-transcriber.ts";
import type { TranscriptionSetting } from "./transcription-setting.ts";

export interface Transcription {
  /** Null: nobody listens. */
  readonly transcriber: Transcriber | null;
  /** For the doctor; names no key. */
  status(): SystemInfo["transcription"];
}

const PRIVATE_DIRECTORY = 0o700;
/** All that the owner's command gets of the environment. */
const PASSED_ON = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"] as const;

/** @param deps.directory where copies for a command lie; what an earlier start left there goes */
export function createTranscription(
  setting: TranscriptionSetting,
  deps: { directory: string; environment: Environment },
): Transcription {
  switch (setting.mode) {
    case "off":
      return { transcriber: null, status: () => ({ mode: "off", detail: "", problem: null }) };
    case "openai": {
      const detail = `${new URL(setting.url).host}, ${setting.model}`;
      return {
        transcriber: createEndpointTranscriber(setting, { fetch: globalThis.fetch }),
        status: () => ({ mode: "openai", detail, problem: null }),
      };
    }
    case "command": {
      const { directory } = deps;
      rmSync(directory, { recursive: true, force: true });
      mkdirSync(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
      const env = Object.fromEntries(
        PASSED_ON.flatMap((name) => {
          const value = deps.environment[name];
          return value === undefined ? [] : [[name, value]];
        }),
      );
      const [command] = setting.argv;
      return {
        transcriber: createCommandTranscriber(setting, { directory, env, spawner: createProcessSpawner() }),
        status: () => ({
          mode: "command",
          detail: command,
          problem: isRunnable(command, env.PATH ?? "") ? null : "not_found",
        }),
      };
    }
  }
}

function isRunnable(command: string, path: string): boolean {
  const places = command.includes("/") ? [""] : path.split(delimiter).filter(isAbsolute);
  return places.some((place) => {
    try {
      accessSync(join(place, command), constants.X_OK);
      return true;
    } catch (error) {
      if (error instanceof Error && "code" in error) return false;
      throw error;
    }
  });
}
