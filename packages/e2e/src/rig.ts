import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Client, createClient } from "@steward/client/client";
import { readyz } from "@steward/contract/health";
import { freePort } from "@steward/platform/free-port";
import { findMarkedProcesses } from "@steward/platform/process";
import { type ScriptedModel, startScriptedModel } from "@steward/testkit/scripted-model";
import { type ServiceProcess, startService } from "./service-process.ts";
import { endNow, strays } from "./stray-processes.ts";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
const API_ENTRY = join(repository, "apps/api/src/main.mjs");
export const BOT_ENTRY = join(repository, "apps/bot/src/main.mjs");
export const CLI_ENTRY = join(repository, "apps/cli/src/main.mjs");

export interface RigOptions {
  /** Path of the Claude CLI; null leaves Steward unconfigured: no login, no model, its own choice of CLI. */
  cli: string | null;
  /** More variables for the API, or other values. */
  apiEnv?: Record<string, string>;
  /** The same for the bot. */
  botEnv?: Record<string, string>;
  /** The Bot API root and token of each bot, when a bot is wanted; and where a local server keeps its files. */
  telegram?: { url: string; tokens: string[]; localFiles?: string };
  /** Shell scripts on the agent's PATH, by their names; they need no approval. */
  commands?: Record<string, string>;
}

/** A whole Steward on a data directory of its own: real API, real bot, real CLI; only the world outside is scripted. */
export interface Rig {
  readonly home: string;
  readonly url: string;
  readonly model: ScriptedModel;
  token(): string;
  client(): Client;
  /** The environment that every program of this Steward gets. */
  readonly env: Record<string, string>;
  readonly api: ServiceProcess;
  readonly bot: ServiceProcess | null;
  /** Resolves when it is ready. `env`: other variables for this start alone. */
  startApi(env?: Record<string, string>): Promise<void>;
  startBot(): void;
  /** Processes that belong to this Steward's CLI sessions, by pid. */
  cliProcesses(): { pid: number; session: string }[];
  /** Ends everything and asserts that nothing is left. */
  close(): Promise<void>;
}

export const startRig = async (options: RigOptions): Promise<Rig> => {
  const root = mkdtempSync(join(tmpdir(), "steward-e2e-"));
  const home = join(root, "data");
  const userHome = join(root, "home");
  mkdirSync(join(userHome, ".claude"), { recursive: true });
  const commands = join(root, "bin");
  mkdirSync(commands);
  for (const [name, script] of Object.entries(options.commands ?? {}))
    writeFileSync(join(commands, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  // The user's own CLI settings, as a person would have them: these harmless commands need no approval.
  const allow = ["tail", ...Object.keys(options.commands ?? {})].map((name) => `Bash(${name} *)`);
  writeFileSync(join(userHome, ".claude", "settings.json"), JSON.stringify({ permissions: { allow } }));
  const port = await freePort();
  const model = await startScriptedModel();
  const base: Record<string, string> = {
    PATH: `${commands}:${process.env.PATH ?? ""}`,
    HOME: userHome,
    TMPDIR: root,
    LANG: "C.UTF-8",
    STEWARD_HOME: home,
    STEWARD_PORT: String(port),
    STEWARD_LOG_LEVEL: "debug",
  };
  const local: Record<string, string> =
    options.telegram?.localFiles === undefined
      ? {}
      : { TELEGRAM_LOCAL_FILES_ROOT: options.telegram.localFiles };
  const apiEnv = {
    ...base,
    ...local,
    ...(options.cli === null ? {} : { ...model.env, CLAUDE_BIN: options.cli }),
    GATEWAY_MIN_FREE_MB: "64",
    // An Ollama of the machine's own is none of a test's.
    STEWARD_EMBEDDER: "off",
    ...(options.telegram ? { TELEGRAM_BOT_TOKENS: options.telegram.tokens.join(",") } : {}),
    ...options.apiEnv,
  };
  const url = `http://127.0.0.1:${port}`;
  let api: ServiceProcess | null = null;
  let bot: ServiceProcess | null = null;
  const token = () => readFileSync(join(home, "token"), "utf8").trim();

  const marked = () =>
    findMarkedProcesses({ name: "STEWARD_SESSION" }).filter(({ pid }) => belongs(pid, root));
  const rig: Rig = {
    home,
    url,
    model,
    env: base,
    token,
    client: () => createClient({ baseUrl: url, token: token() }),
    get api() {
      if (!api) throw new Error("the API was not started");
      return api;
    },
    get bot() {
      return bot;
    },
    startApi: async (env) => {
      api = startService(API_ENTRY, { ...apiEnv, ...env });
      await ready(url, api);
    },
    startBot: () => {
      if (!options.telegram) throw new Error("this rig has no Telegram");
      bot = startService(BOT_ENTRY, {
        ...base,
        ...local,
        TELEGRAM_API_ROOT: options.telegram.url,
        TELEGRAM_BOT_TOKENS: options.telegram.tokens.join(","),
        ...options.botEnv,
      });
    },
    cliProcesses: () => marked().map(({ pid, value }) => ({ pid, session: value })),
    close: async () => {
      await bot?.end("SIGTERM");
      await api?.end("SIGTERM");
      await model.close();
      const left = [...marked().map(({ pid }) => pid), ...(await strays(root))];
      for (const pid of new Set(left)) endNow(pid);
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
      if (left.length > 0) throw new Error(`${left.length} processes were left behind`);
    },
  };
  await rig.startApi();
  if (options.telegram) rig.startBot();
  return rig;
};

/** Waits until the service says it is ready; fails at once, with its output, when it ends instead. */
const ready = async (url: string, api: ServiceProcess): Promise<void> => {
  const client = createClient({ baseUrl: url });
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    if (!api.running()) throw new Error(`the API ended while starting:\n${api.output()}`);
    const status = await client.call(readyz).then(
      (answer) => answer.status,
      () => "not yet",
    );
    if (status === "ready") return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`the API was not ready in time:\n${api.output()}`);
};

/** The CLI runs in this rig's own directories: nobody else's processes are counted or ended. */
const belongs = (pid: number, root: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").includes(root);
  } catch (error) {
    // It has gone between the listing and this look.
    return (error as NodeJS.ErrnoException).code === undefined;
  }
};
