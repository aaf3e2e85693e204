import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const FIXTURES = fileURLToPath(new URL("./fixtures/", import.meta.url));

export interface FixtureHouse {
  /** Starts the command under real npm or directly, in a process group of its own. */
  run(by: "npm" | "node", script?: string): { outer: ChildProcess; exit: Promise<number | string | null> };
  /** The pids that were ever noted under a name, the latest last. */
  pids(name: string): number[];
  /** Waits until `count` pids of that name were noted; returns the latest. */
  waitFor(name: string, count?: number): Promise<number>;
  /** Order of the notes, e.g. `["supervisor", "api", "helper", "bot", …]`. */
  notes(): string[];
  output(): string;
  /** Waits until no process of this house lives; returns those that still do after `withinMs`. */
  survivors(withinMs: number): Promise<number[]>;
  [Symbol.dispose](): void;
}

/** A checkout in small: `npm start` runs the real supervisor over a fake API and a fake bot. */
export async function createFixtureHouse(extraEnv: Record<string, string> = {}): Promise<FixtureHouse> {
  const root = mkdtempSync(join(tmpdir(), "steward-house-"));
  const pidFile = join(root, "pids");
  for (const name of ["api", "bot"]) {
    const source = join(root, "apps", name, "src");
    mkdirSync(source, { recursive: true });
    cpSync(join(FIXTURES, `fake-${name}.ts`), join(source, `fake-${name}.ts`));
    writeFileSync(join(source, "main.mjs"), `import "./fake-${name}.ts";\n`);
  }
  const started = join(FIXTURES, "start-house.mjs");
  writeFileSync(
    join(root, "package.json"),
    JSON.stringify({
      type: "module",
      scripts: { start: `exec node ${JSON.stringify(started)}` },
      steward: { programArguments: [], programEnvironment: {} },
    }),
  );
  const env = {
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    HOME: root,
    FIXTURE_PIDS: pidFile,
    STEWARD_HOME: join(root, "home"),
    STEWARD_PORT: String(await freePort()),
    TELEGRAM_BOT_TOKEN: "1:fixture",
    npm_config_update_notifier: "false",
    ...extraEnv,
  };
  let output = "";
  const outers: number[] = [];

  const notes = (): [name: string, pid: number][] => {
    if (!existsSync(pidFile)) return [];
    const lines = readFileSync(pidFile, "utf8").trim().split("\n");
    return lines.map((line) => [line.split(" ")[0] ?? "", Number(line.split(" ")[1])]);
  };
  const pids = (name: string): number[] => notes().flatMap(([noted, pid]) => (noted === name ? [pid] : []));
  const living = (): number[] => [...new Set([...outers, ...notes().map(([, pid]) => pid)])].filter(isAlive);

  return {
    run(by, script = started) {
      const [command, args] = by === "npm" ? ["npm", ["start"]] : [process.execPath, [script]];
      const outer = spawn(command, args, {
        cwd: root,
        env,
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
      });
      for (const stream of [outer.stdout, outer.stderr]) {
        stream.on("data", (chunk: Buffer) => {
          output += chunk.toString();
        });
      }
      if (outer.pid !== undefined) outers.push(outer.pid);
      const exit = new Promise<number | string | null>((resolve) => {
        outer.once("exit", (code, signal) => resolve(signal ?? code));
      });
      return { outer, exit };
    },
    pids,
    async waitFor(name, count = 1) {
      await until(
        () => pids(name).length >= count,
        20_000,
        () => `no ${name} #${count}; output:\n${output}`,
      );
      return pids(name).at(-1) ?? 0;
    },
    notes: () => notes().map(([name]) => name),
    output: () => output,
    async survivors(withinMs) {
      await until(
        () => living().length === 0,
        withinMs,
        () => "",
      ).catch(() => undefined);
      return living();
    },
    [Symbol.dispose]() {
      for (const pid of living()) process.kill(pid, "SIGKILL");
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Polls a fact about other processes: there is no event for it. */
async function until(isTrue: () => boolean, withinMs: number, explain: () => string): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error(explain());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    // ESRCH: gone.
    return false;
  }
  // A zombie whose parent has not collected it yet has ended all the same.
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/^\d+ \(.*\) Z/.test(readFileSync(stat, "utf8"));
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
