import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Clock } from "../../clock.ts";
import { endProcessTree } from "../../process/end-process-tree.ts";
import type { Sandbox } from "../sandbox.ts";

/** What a program inside could do although it must not, or could not do although it must. Empty: the sandbox holds. */
export type SandboxVerdict =
  | { holds: true; durationMs: number }
  | { holds: false; failures: readonly string[]; detail: string };

export interface ProbeOptions {
  sandbox: Sandbox;
  /** Where secrets lie: it gets a folder that must stay unseen, for as long as the probe takes. */
  dataDirectory: string;
  /** Tried as they are: files that must read as nothing, directories that must be empty. */
  secrets: readonly string[];
  home: string;
  clock: Clock;
}

const TRY_OUT = fileURLToPath(new URL("./try-out.mjs", import.meta.url));
const TIMEOUT_MS = 20_000;
const MUST_WORK = ["work", "reach_permitted"] as const;
const END_NOW = { inputEndMs: 0, terminateMs: 500, killMs: 1_000 };

/**
 * Proves by trying: starts a program in the sandbox, as the CLI is started, that attempts to read, write, see and reach
 * what it must not. Never throws.
 */
export async function probeSandbox(options: ProbeOptions): Promise<SandboxVerdict> {
  const startedMs = options.clock.monotonicMs();
  const servers: Server[] = [];
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(options.dataDirectory, "sandbox-probe-"));
    const closed = await listen(servers);
    const open = await listen(servers);
    const workspace = join(folder, "workspace");
    mkdirSync(workspace);
    const secret = join(folder, "secret");
    writeFileSync(secret, "secret", { mode: 0o600 });
    const guarded = join(workspace, "guarded");
    const targets = {
      secret,
      secrets: options.secrets,
      foreign: listForeign(options.home, [workspace, process.execPath, TRY_OUT]),
      workspace,
      guarded,
      ownerPid: process.pid,
      ownerStartedAt: startTime(),
      closedPort: closed,
      openPort: open,
    };
    let output = "";
    const spawned = await options.sandbox.spawn(
      {
        command: process.execPath,
        args: [TRY_OUT, JSON.stringify(targets)],
        env: { PATH: "/usr/bin:/bin" },
        onStdout: (chunk) => {
          output += chunk.toString("utf8");
        },
      },
      {
        cwd: workspace,
        home: options.home,
        writable: [],
        readOnly: [TRY_OUT],
        masked: options.secrets,
        guarded: [{ path: guarded, placeholder: { kind: "file", content: "" } }],
        files: [],
        forwards: [{ port: open, target: { host: "127.0.0.1", port: open } }],
        pathDoors: [],
        proxy: null,
        maxProcesses: 64,
      },
    );
    if (!spawned.ok) return fail(["start"], spawned.error.message);
    const child = spawned.process;
    const patience = new AbortController();
    const timeout = options.clock.sleep(TIMEOUT_MS, patience.signal).catch(() => undefined);
    const exit = await Promise.race([child.drained, timeout]);
    patience.abort();
    if (exit === undefined) {
      await endProcessTree(child, END_NOW, { clock: options.clock });
      return fail(["start"], "the probe did not end in time");
    }
    if (!output.startsWith("["))
      return fail(["start"], child.stderrTail().trim() || `exit code ${exit.code}`);
    const succeeded = JSON.parse(output) as string[];
    const failures = [
      ...succeeded.filter((name) => !MUST_WORK.some((needed) => needed === name)),
      ...MUST_WORK.filter((needed) => !succeeded.includes(needed)),
    ];
    if (existsSync(`${secret}.written`)) failures.push("write_data");
    if (readFileSync(join(workspace, "probe"), "utf8") !== "worked") failures.push("work");
    if (failures.length > 0) return fail(failures, child.stderrTail().trim());
    return { holds: true, durationMs: Math.round(options.clock.monotonicMs() - startedMs) };
  } catch (error) {
    return fail(["start"], error instanceof Error ? error.message : String(error));
  } finally {
    for (const server of servers) server.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

const fail = (failures: readonly string[], detail: string): SandboxVerdict => ({
  holds: false,
  failures,
  detail: detail.slice(0, 500),
});

/** Field 22 of `/proc/self/stat`; the second one is a name in parentheses that may hold anything. */
function startTime(): string {
  const stat = readFileSync("/proc/self/stat", "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

/** What lies in the home and is not on the way to something that is shown. */
function listForeign(home: string, shown: readonly string[]): string[] {
  if (!existsSync(home)) return [];
  return readdirSync(home)
    .map((name) => join(home, name))
    .filter((path) => !shown.some((each) => each === path || each.startsWith(`${path}/`)))
    .slice(0, 200);
}

/** Greets whoever comes. */
function listen(servers: Server[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end("reached");
    });
    servers.push(server);
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}
