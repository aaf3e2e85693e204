import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What tests may know of the machine. Everything else stays outside: credentials, tokens, Steward's own settings. */
const KEPT = [
  "PATH",
  "LANG",
  "LC_ALL",
  "TERM",
  "COLORTERM",
  "NO_COLOR",
  "FORCE_COLOR",
  "USER",
  "LOGNAME",
  "CI",
];

/**
 * An environment built for the tests, with a home and a folder for temporary files of its own: nothing they do
 * reaches a real login, bot or database.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {Record<string, string | undefined>} additions
 * @returns {NodeJS.ProcessEnv} its HOME is removed when this process ends
 */
export function createTestEnvironment(env, additions) {
  const home = mkdtempSync(join(tmpdir(), "steward-test-home-"));
  const kept = Object.fromEntries(
    KEPT.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
  const given = Object.fromEntries(Object.entries(additions).filter(([, value]) => value !== undefined));
  // Inside the home, so that what tests leave behind goes with it.
  const temporary = join(home, "tmp");
  mkdirSync(temporary);
  process.once("exit", () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  return {
    ...kept,
    HOME: home,
    TMPDIR: temporary,
    TZ: "UTC",
    DO_NOT_TRACK: "1",
    TURBO_TELEMETRY_DISABLED: "1",
    ...given,
  };
}
