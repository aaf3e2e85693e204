import { resolve } from "node:path";
import { loadDotEnv } from "@steward/platform/env";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The checkout's own `.env`, wherever the command was called from. */
export const DOT_ENV_PATH = resolve(import.meta.dirname, "../../../../.env");

/** The process's variables over those of `.env`, as every program of the house reads them: nothing counts as not set. */
export const readEnvironment = (own: Environment, dotEnvPath: string = DOT_ENV_PATH): Environment => ({
  ...loadDotEnv(dotEnvPath),
  ...Object.fromEntries(
    Object.entries(own).filter(([, value]) => value !== undefined && value.trim() !== ""),
  ),
});
