import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isTaken, untilReady } from "./readiness.mjs";

/** The bot goes first and has little to finish; together with the API's time the whole tree ends within 20 s. */
const BOT_TERMINATE_MS = 3_000;
const API_TERMINATE_MS = 15_000;
/** An API that finds its address taken says so and ends long before this. */
const GIVES_UP_WITHIN_MS = 10_000;

/** Where the web UI is while it is written (`apps/web/vite.config.ts`). */
export const DEVELOPMENT_HOST = "127.0.0.1:5173";
const PRELOAD = new URL("./leave-with-parent.mjs", import.meta.url).href;

/**
 * The programs of a running Steward.
 *
 * @param {object} options
 * @param {string} options.root
 * @param {NodeJS.ProcessEnv} options.env
 * @param {ReturnType<typeof import("./settings.mjs").readSettings>} options.settings
 * @param {(text: string) => void} options.say
 * @param {boolean} [options.forDevelopment] the programs restart themselves when a source file changes, and a server of its
 *   own makes the web UI while it is written
 */
export function describePrograms({ root, env, settings, say, forDevelopment = false }) {
  // Node 22 runs TypeScript natively but calls it an experiment on every start; and these programs mostly wait: a small
  // young generation keeps their memory near what they really use, and so do few arenas of glibc's allocator, which gives
  // each thread one of its own (2 MB at rest). Tests and benchmarks start them with the same.
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const program = (
    /** @type {string} */ name,
    /** @type {number} */ terminateMs,
    /** @type {NodeJS.ProcessEnv} */ more = {},
  ) => ({
    name,
    args: [
      ...(forDevelopment ? ["--watch", "--watch-preserve-output"] : []),
      ...manifest.steward.programArguments,
      "--import",
      PRELOAD,
      join(root, "apps", name, "src", "main.mjs"),
    ],
    cwd: root,
    env: {
      ...manifest.steward.programEnvironment,
      ...env,
      STEWARD_SUPERVISED: "1",
      STEWARD_PARENT_PID: String(process.pid),
      ...more,
    },
    terminateMs,
  });
  const web = join(root, "apps", "web");
  // Its pages ask the API through it, under its own address.
  const hosts = [settings.allowedHosts, DEVELOPMENT_HOST].filter(Boolean).join(",");
  return {
    api: {
      ...program("api", API_TERMINATE_MS, forDevelopment ? { STEWARD_ALLOWED_HOSTS: hosts } : {}),
      untilUp: async (/** @type {AbortSignal} */ signal) => {
        // Our API has only just been started: whoever listens already is a stranger whose answers must not count.
        if (await isTaken(settings.host, settings.port)) {
          await sleep(GIVES_UP_WITHIN_MS, undefined, { signal });
        }
        await untilReady({ address: settings.address, signal, say });
      },
    },
    bot: program("bot", BOT_TERMINATE_MS),
    /** Only in development; else the API serves what was built. */
    web: {
      name: "web",
      args: [
        "--import",
        PRELOAD,
        join(web, "node_modules", "vite", "bin", "vite.js"),
        "--clearScreen",
        "false",
      ],
      cwd: web,
      env: { ...env, STEWARD_PARENT_PID: String(process.pid) },
      terminateMs: BOT_TERMINATE_MS,
    },
  };
}
