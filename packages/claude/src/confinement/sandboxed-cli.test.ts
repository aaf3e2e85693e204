import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSystemClock } from "@steward/platform/clock";
import { createIds } from "@steward/platform/ids";
import { createProcessSpawner, createProcessTable } from "@steward/platform/process";
import { createGuardRegistry, createSandbox, findBubblewrap } from "@steward/platform/sandbox";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CliLaunch } from "../cli-driver.ts";
import { createSandboxedCli } from "./sandboxed-cli.ts";

const found = await findBubblewrap(process.env);
if (!found.ok) console.warn(`no CLI is shut in on this machine: ${found.reason}: ${found.detail}`);

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "steward-cli-")));
  for (const folder of ["home", "data/workspaces/a", "checkout/apps", "project", "tools"])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, "checkout/.env"), "TELEGRAM_BOT_TOKEN=canary");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const start = async (cwd: string, script: string) => {
  if (!found.ok) throw new Error("bubblewrap is needed");
  const deps = { spawner: createProcessSpawner(), table: createProcessTable(), clock: createSystemClock() };
  const sandbox = createSandbox({
    bubblewrap: found.bubblewrap,
    guards: createGuardRegistry(null),
    ids: createIds(),
    ...deps,
  });
  const confinement = createSandboxedCli({
    sandbox,
    dataDirectory: join(root, "data"),
    workplaces: [join(root, "data/workspaces")],
    secrets: [join(root, "checkout/.env")],
    programDirectory: join(root, "checkout"),
    readable: [join(root, "checkout"), join(root, "tools")],
  });
  const launch: CliLaunch = {
    binary: { path: "/bin/sh", version: "2.1.197", source: "env" },
    cwd,
    cliSessionId: "11111111-1111-4111-8111-111111111111",
    resume: false,
    env: {},
    marker: { name: "STEWARD_SESSION", value: "x" },
  };
  let output = "";
  const env = {
    HOME: join(root, "home"),
    PATH: "/usr/bin:/bin",
    ANTHROPIC_BASE_URL: "http://127.0.0.1:4999",
  };
  const onStdout = (chunk: Buffer): void => {
    output += chunk.toString("utf8");
  };
  const spawned = await confinement.spawn(
    { command: "/bin/sh", args: ["-c", script], env, onStdout },
    launch,
  );
  return { spawned, output: () => output };
};

describe.skipIf(!found.ok)("a CLI shut in", () => {
  test("does not read Steward's .env, though the owner shows the checkout that it lies in", async () => {
    const { spawned, output } = await start(
      join(root, "project"),
      `cat ${root}/checkout/.env; ls -A ${root}/checkout`,
    );
    if (!spawned.ok) throw spawned.error;
    await spawned.process.drained;
    expect(output()).toContain("apps");
    expect(output()).not.toContain("canary");
  });

  test("does not read what a link of Steward's leads to, where it works beside it", async () => {
    rmSync(join(root, "checkout/.env"));
    writeFileSync(join(root, "project/steward.env"), "TELEGRAM_BOT_TOKEN=canary");
    symlinkSync(join(root, "project/steward.env"), join(root, "checkout/.env"));
    const { spawned, output } = await start(join(root, "project"), "ls -A; cat steward.env");
    if (!spawned.ok) throw spawned.error;
    await spawned.process.drained;
    expect(output()).toContain("steward.env");
    expect(output()).not.toContain("canary");
  });

  test("is told of when an editor has put another .env in the place of the hidden one", async () => {
    const { spawned } = await start(join(root, "project"), "read wait");
    if (!spawned.ok) throw spawned.error;
    writeFileSync(join(root, "checkout/.env~"), "TELEGRAM_BOT_TOKEN=canary-two");
    renameSync(join(root, "checkout/.env~"), join(root, "checkout/.env"));
    expect(spawned.changedGuards?.()).toEqual([join(root, "checkout/.env")]);
    spawned.process.stdin.end();
    await spawned.process.drained;
  });

  test.each(["checkout", "checkout/apps", ".", "data", "home"])("does not work in %s", async (place) => {
    const { spawned } = await start(realpathSync(join(root, place)), "true");
    expect(spawned).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("cannot be worked in") },
    });
  });

  test("commits in a repository and in a worktree of it, and leads git nowhere else", async () => {
    const project = join(root, "project");
    const linked = join(root, "linked");
    const owner = (...args: string[]): string =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], {
        cwd: project,
        encoding: "utf8",
        env: { PATH: process.env.PATH, HOME: join(root, "home") },
      });
    owner("init", "--quiet", "--initial-branch=main");
    owner("commit", "--quiet", "--allow-empty", "--message", "first");
    owner("worktree", "add", "--quiet", linked);
    const before = owner("worktree", "list", "--porcelain").replaceAll(/^HEAD .*$/gm, "");
    const planted = [
      ...["config", "config.worktree", "commondir", "hooks/pre-commit", "worktrees/linked/commondir"],
      ...["worktrees/linked/gitdir", "worktrees/linked/config.worktree", "worktrees/new/gitdir", "modules/x"],
    ].map((name) => `mkdir -p $(dirname ${project}/.git/${name}); echo planted > ${project}/.git/${name}`);
    const moves = `mv ${project}/.git/worktrees ${project}/.git/w; mv ${project}/.git ${project}/g; rm -f ${linked}/.git`;
    for (const cwd of [project, linked]) {
      const commit = "echo work > work; git add work; git -c user.name=a -c user.email=a@b.c commit -qm work";
      const { spawned } = await start(cwd, `${commit}; ${planted.join("; ")}; ${moves}; git gc -q`);
      if (!spawned.ok) throw spawned.error;
      await spawned.process.drained;
      expect(spawned.changedGuards?.()).toEqual([]);
    }
    expect(owner("log", "--format=%s", "main")).toBe("work\nfirst\n");
    expect(owner("log", "--format=%s", "linked")).toBe("work\nfirst\n");
    expect(owner("worktree", "list", "--porcelain").replaceAll(/^HEAD .*$/gm, "")).toBe(before);
    const isPlanted = (name: string): boolean => readFileSync(name, "utf8").includes("planted");
    const files = readdirSync(join(project, ".git"), { recursive: true, withFileTypes: true });
    const led = files.filter((entry) => entry.isFile() && isPlanted(join(entry.parentPath, entry.name)));
    expect(led.map(({ name }) => name)).toEqual([]);
  });

  test("works where its directory is one of those that are hidden from the others", async () => {
    const { spawned, output } = await start(join(root, "data/workspaces/a"), "touch own; ls");
    if (!spawned.ok) throw spawned.error;
    await spawned.process.drained;
    expect(output()).toBe("own\n");
  });
});
