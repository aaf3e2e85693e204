import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandResult } from "@steward/platform/process";
import { beforeEach, describe, expect, test } from "vitest";
import { createSafeGit, type GitRunner } from "../src/projects/safe-git.ts";
import { createWorktrees, type Worktrees } from "../src/projects/worktrees.ts";
import { commitAll, createTestMachine, git, type TestMachine } from "./test-project.ts";

const CHAT = { botId: "cli", chatId: "main", threadId: "" };
const CONVERSATION = "01890000-0000-7000-8000-0000deadbeef";
const NAME = "main-deadbeef";
let machine: TestMachine;
let root: string;
let app: string;
beforeEach(() => {
  machine = createTestMachine();
  root = machine.surroundings.worktreesDirectory;
  app = machine.repository("app", { "README.md": "first\n", ".gitattributes": "*.md filter=slow\n" });
});

const build = (options: { start?: GitRunner; timeoutMs?: number } = {}): Worktrees =>
  createWorktrees({
    git: createSafeGit(machine.surroundings.gitEnvironment, options.start, options.timeoutMs),
    root,
  });
const nothingOwned = () => new Set<string>();
const branches = () => git(app, "branch", "--format=%(refname:short)").trim().split("\n");
const admin = () => (existsSync(join(app, ".git/worktrees")) ? readdirSync(join(app, ".git/worktrees")) : []);

/** A filter of the owner's own, which stays in force, and takes its time. */
const slowCheckout = (): void => {
  writeFileSync(join(machine.home, ".gitconfig"), '[filter "slow"]\n\tsmudge = sleep 300\n');
};
const left = () => ({
  branches: branches(),
  admin: admin(),
  folders: existsSync(join(root, "cli")) ? readdirSync(join(root, "cli")) : [],
});

describe("making a worktree", () => {
  test("that takes too long leaves nothing: no files, no branch, no lock; and the next try begins anew", async () => {
    slowCheckout();
    const making = build({ timeoutMs: 2_000 }).add(app, CHAT, CONVERSATION);
    await expect(making).rejects.toMatchObject({
      code: "git_failed",
      message: expect.stringContaining("did not end in time"),
    });
    expect(left()).toEqual({ branches: ["main"], admin: [], folders: [] });
    rmSync(join(machine.home, ".gitconfig"));
    expect((await build().add(app, CHAT, CONVERSATION)).branch).toBe(`steward/${NAME}`);
  });

  test("never takes over a branch that is there already, nor deletes it", async () => {
    git(app, "branch", `steward/${NAME}`);
    await expect(build().add(app, CHAT, CONVERSATION)).rejects.toMatchObject({ code: "git_failed" });
    expect(branches()).toContain(`steward/${NAME}`);
  });

  test("too much output is not told as a lack of time", async () => {
    const start = async (): Promise<CommandResult> => ({
      ok: false,
      reason: "too_much_output",
      stdout: "",
      stderr: "",
    });
    await expect(build({ start }).kindOf(app)).rejects.toThrow(/said more than can be read/);
  });

  test("looks into no submodule: what that one runs is its own to say", async () => {
    const sub = join(app, "sub");
    const trap = join(machine.root, "trap");
    const script = join(machine.root, "filter.sh");
    mkdirSync(sub);
    git(sub, "init", "--quiet");
    writeFileSync(script, `#!/bin/sh\ntouch ${trap}\ncat\n`);
    chmodSync(script, 0o755);
    writeFileSync(join(sub, "file"), "x\n");
    commitAll(sub);
    writeFileSync(join(sub, ".gitattributes"), "* filter=evil\n");
    git(sub, "config", "filter.evil.clean", script);
    writeFileSync(join(sub, "file"), "y\n");
    git(app, "add", "sub");
    await build().add(app, CHAT, CONVERSATION);
    expect(existsSync(trap)).toBe(false);
    git(app, "status");
    expect(existsSync(trap)).toBe(true);
  });
});

describe("the sweep after a start", () => {
  test("takes away what git had not finished when it was killed, with its branch", async () => {
    // As `git worktree add` leaves it: locked with these words, half checked out.
    git(app, "worktree", "add", "--quiet", "-b", `steward/${NAME}`, join(root, "cli", NAME));
    writeFileSync(join(app, ".git/worktrees", NAME, "locked"), "initializing");
    rmSync(join(root, "cli", NAME, "README.md"));
    mkdirSync(join(root, "cli", "main-00000000"));
    const swept = await build().sweep([app], nothingOwned);
    expect([...swept.removed].sort()).toEqual([join(root, "cli", "main-00000000"), join(root, "cli", NAME)]);
    expect(left()).toEqual({ branches: ["main"], admin: [], folders: [] });
  });

  test("a real kill in the middle of the checkout is cleared up", async () => {
    slowCheckout();
    mkdirSync(join(root, "cli"), { recursive: true });
    const args = ["worktree", "add", "-b", `steward/${NAME}`, join(root, "cli", NAME), "HEAD"];
    const env = machine.surroundings.gitEnvironment;
    const adding = spawn("git", args, { cwd: app, env, stdio: "ignore", detached: true });
    await expect.poll(() => existsSync(join(root, "cli", NAME, ".git")) && admin()).toEqual([NAME]);
    await expect.poll(() => existsSync(join(app, ".git/worktrees", NAME, "index.lock"))).toBe(true);
    // The group: the filter it waits for goes with it.
    process.kill(-(adding.pid ?? 0), "SIGKILL");
    await once(adding, "exit");
    expect(left()).toEqual({ branches: ["main", `steward/${NAME}`], admin: [NAME], folders: [NAME] });
    rmSync(join(machine.home, ".gitconfig"));
    await build().sweep([app], nothingOwned);
    expect(left()).toEqual({ branches: ["main"], admin: [], folders: [] });
  });

  test("leaves what a conversation has, what holds work, and what lies elsewhere", async () => {
    const own = await build().add(app, CHAT, CONVERSATION);
    const work = join(root, "cli", "main-11111111");
    const clean = join(root, "cli", "main-22222222");
    const elsewhere = join(machine.root, "elsewhere");
    for (const path of [work, clean, elsewhere]) git(app, "worktree", "add", "--quiet", path);
    writeFileSync(join(work, "new"), "work");
    const swept = await build().sweep([app, machine.directory("no-repository")], () => new Set([own.path]));
    expect(swept).toEqual({ removed: [clean], kept: [work] });
    for (const path of [own.path, work, elsewhere]) expect(existsSync(join(path, "README.md"))).toBe(true);
    expect(branches().sort()).toEqual(["elsewhere", "main", "main-11111111", own.branch].sort());
  });

  test("leaves what this start has made", async () => {
    const worktrees = build();
    const { path } = await worktrees.add(app, CHAT, CONVERSATION);
    expect(await worktrees.sweep([app], nothingOwned)).toEqual({ removed: [], kept: [] });
    expect(existsSync(path)).toBe(true);
  });
});
