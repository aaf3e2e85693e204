import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Client, createClient } from "@steward/client/client";
import { readyz } from "@steward/contract/health";
import { freePort } from "@steward/platform/free-port";
import { onTestFinished } from "vitest";

const MAIN = fileURLToPath(new URL("../src/main.mjs", import.meta.url));

/** The API as its own process. */
export interface Program {
  child: ChildProcess;
  output(): string;
  exited: Promise<{ code: number | null; signal: string | null }>;
}

/** An installation of its own: data directory, HOME without a login, a free port. */
export interface Installation {
  home: string;
  port: number;
  url: string;
  start(env?: Record<string, string>, nodeArgs?: string[]): Program;
  /** Starts it and waits until it can do its work. */
  startReady(env?: Record<string, string>, nodeArgs?: string[]): Promise<Program & { client: Client }>;
  client(): Client;
}

/** For one test; everything is ended and gone with it. */
export async function createInstallation(options: { copyOf?: Installation } = {}): Promise<Installation> {
  const { close, ...installation } = await openInstallation(options);
  onTestFinished(close);
  return installation;
}

/** For whoever closes it. @param options.copyOf begins with the data of that one, which must not run */
export async function openInstallation(
  options: { copyOf?: Installation } = {},
): Promise<Installation & { close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "steward-program-"));
  const home = join(folder, "data");
  if (options.copyOf !== undefined) cpSync(options.copyOf.home, home, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const programs: Program[] = [];

  const start: Installation["start"] = (env = {}, nodeArgs = []) => {
    const child = spawn(process.execPath, [...nodeArgs, MAIN], {
      // Built, not inherited: no credential of the machine gets in.
      env: {
        PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
        HOME: folder,
        STEWARD_HOME: home,
        STEWARD_PORT: String(port),
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text: string) => {
        output += text;
      });
    }
    const program: Program = {
      child,
      output: () => output,
      exited: once(child, "exit").then(([code, signal]) => ({ code, signal })),
    };
    programs.push(program);
    return program;
  };
  const client = (): Client =>
    createClient({ baseUrl: url, token: readFileSync(join(home, "token"), "utf8").trim() });

  return {
    close: async () => {
      for (const program of programs) {
        program.child.kill("SIGTERM");
        await program.exited;
      }
      rmSync(folder, { recursive: true, force: true });
    },
    home,
    port,
    url,
    start,
    client,
    startReady: async (env, nodeArgs) => {
      const program = start(env, nodeArgs);
      let over = false;
      void program.exited.then(() => {
        over = true;
      });
      const probe = createClient({ baseUrl: url });
      for (;;) {
        if (over) throw new Error(`ended instead of getting ready:\n${program.output()}`);
        const answer = await probe.call(readyz).catch((error: unknown) => error);
        if (!(answer instanceof Error)) break;
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      return { ...program, client: client() };
    },
  };
}
