import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProcessSpawner } from "@steward/platform/process";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CliLaunch } from "../cli-driver.ts";
import { createPlainCli } from "./plain-cli.ts";

let directory = "";
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "steward-plain-")), "run");
});
afterEach(() => rmSync(join(directory, ".."), { recursive: true, force: true }));

const toolServer = { name: "steward", url: "http://127.0.0.1:8000/mcp", token: "a-key" };
const launch = { toolServer } as CliLaunch;
/** A program that shows what it was started with, and stays until its stdin ends. */
const start = async (env: Record<string, string>, with_: CliLaunch = launch) => {
  let shown = "";
  const cli = createPlainCli({ spawner: createProcessSpawner(), directory });
  const script = 'printf "%s|" "$@"; echo "$NO_PROXY"; cat';
  const spawned = await cli.spawn(
    {
      command: "/bin/sh",
      args: ["-c", script, "sh"],
      cwd: "/",
      env: { PATH: process.env.PATH ?? "", ...env },
      onStdout: (chunk) => {
        shown += String(chunk);
      },
    },
    with_,
  );
  if (!spawned.ok) throw spawned.error;
  await expect.poll(() => shown).toContain("\n");
  return { process: spawned.process, shown };
};

test("the key goes to the process in a private file, which ends with it", async () => {
  const { process, shown } = await start({});
  const [name = ""] = readdirSync(directory);
  const path = join(directory, name);
  expect(shown).toBe(`--mcp-config=${path}|\n`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
    mcpServers: {
      steward: { type: "http", url: toolServer.url, headers: { Authorization: "Bearer a-key" } },
    },
  });
  process.kill("SIGKILL");
  await process.exited;
  await expect.poll(() => existsSync(path)).toBe(false);
});

test("the owner's proxy is passed by on the way to our own loopback", async () => {
  const { process, shown } = await start({ HTTPS_PROXY: "http://proxy:3128", NO_PROXY: "corp.example" });
  expect(shown).toContain("corp.example,127.0.0.1,localhost,[::1]");
  process.kill("SIGKILL");
  await process.exited;
});

test("without tools there is no file, and what a killed service left is gone", async () => {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "1.json"), "left");
  const { process, shown } = await start({}, {} as CliLaunch);
  expect(shown).toBe("|\n");
  expect(existsSync(directory)).toBe(false);
  process.kill("SIGKILL");
  await process.exited;
});

test("a disk that does not take the file is a start that failed, as any other", async () => {
  const cli = createPlainCli({ spawner: createProcessSpawner(), directory });
  writeFileSync(directory, "in the way");
  const spawned = await cli.spawn({ command: "/bin/true", cwd: "/", env: {} }, launch);
  expect(spawned).toMatchObject({ ok: false, error: { code: "failed", command: "/bin/true" } });
});

test("a file that cannot be taken away when the process ends is left, and nothing comes of it", async () => {
  const { process } = await start({});
  rmSync(directory, { recursive: true });
  writeFileSync(directory, "in the way");
  process.kill("SIGKILL");
  await process.exited;
  // A rejection that nobody handles would end the service, and fails this run.
  await new Promise((resolve) => setImmediate(resolve));
});
