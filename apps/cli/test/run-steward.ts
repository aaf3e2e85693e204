import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { openDataDirectory } from "@steward/platform/data-directory";
import { temporaryDirectory } from "./temporary-directory.ts";

const MAIN = resolve(import.meta.dirname, "../src/main.mjs");
/** Generous: the machine may be busy. A run that needs it hangs. */
const HANG_MS = 30_000;

export interface RunningSteward {
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves when standard output or error contains the text. */
  waitFor(text: string): Promise<void>;
  signal(name: NodeJS.Signals): void;
  readonly exited: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

export interface Surroundings {
  readonly home: string;
  readonly port?: number;
  readonly env?: Record<string, string>;
  /** What comes in by a pipe; without it standard input is empty. `open`: a pipe that stays open. */
  readonly input?: string | "open";
  /** Stops reading standard output after so many characters, as `head` does. */
  readonly hangUpAfter?: number;
}

const PLAIN = { NO_COLOR: "1", LANG: "en_US.UTF-8", TZ: "UTC", STEWARD_HOST: "127.0.0.1" };

/** Starts the real program in an environment of its own. */
export function startSteward(args: readonly string[], around: Surroundings): RunningSteward {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: around.home,
    env: {
      ...PLAIN,
      PATH: process.env.PATH,
      HOME: around.home,
      STEWARD_HOME: join(around.home, ".steward"),
      STEWARD_PORT: String(around.port ?? 1),
      ...around.env,
    },
    stdio: "pipe",
  });
  let stdout = "";
  let stderr = "";
  const waiting = new Set<() => void>();
  const heard = (): void => {
    for (const look of waiting) look();
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    if (around.hangUpAfter !== undefined && stdout.length > around.hangUpAfter) child.stdout.destroy();
    heard();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    heard();
  });
  if (around.input !== "open") child.stdin.end(around.input ?? "");
  // The program may end without reading what it was sent.
  child.stdin.on("error", () => undefined);

  const exited = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    const hang = setTimeout(() => {
      child.kill("SIGKILL");
      reject(
        new Error(`steward ${args.join(" ")} did not end\n--- stdout\n${stdout}\n--- stderr\n${stderr}`),
      );
    }, HANG_MS);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(hang);
      heard();
      resolve({ code, stdout, stderr });
    });
  });

  return {
    stdin: child.stdin,
    stdout: () => stdout,
    stderr: () => stderr,
    waitFor: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!stdout.includes(text) && !stderr.includes(text)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
        void exited.then(
          () =>
            reject(new Error(`Ended without saying ${text}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`)),
          reject,
        );
      }),
    signal: (name) => void child.kill(name),
    exited,
  };
}

/** Runs the real program to its end. */
export const runSteward = (args: readonly string[], around: Surroundings) =>
  startSteward(args, around).exited;

export const TEST_TOKEN = "test-token-0123456789-abcdefghijklmnop";

/** A home of its own, before the first start. */
export const makeHome = (): string => temporaryDirectory("cli");

/** The data directory and token that a first start leaves behind. */
export function layOutData(home: string): string {
  const { root, token } = openDataDirectory(join(home, ".steward"));
  writeFileSync(token, `${TEST_TOKEN}\n`, { mode: 0o600 });
  return root;
}
