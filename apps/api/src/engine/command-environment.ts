import { homedir } from "node:os";
import type { Environment } from "../env.ts";

/** Of our own environment what any program needs, and no secret. */
export function commandEnvironment(environment: Environment): Record<string, string> {
  const { PATH = "", HOME = homedir(), LANG, LC_ALL, TZ } = environment;
  return {
    PATH,
    HOME,
    ...(LANG !== undefined && { LANG }),
    ...(LC_ALL !== undefined && { LC_ALL }),
    ...(TZ !== undefined && { TZ }),
  };
}
