import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSafeGit, type SafeGit } from "@steward/core/projects/safe-git";
import { createWorktrees, type Worktrees } from "@steward/core/projects/worktrees";
import { createSystemClock } from "@steward/platform/clock";
import { createIds } from "@steward/platform/ids";
import { createProcessSpawner, createProcessTable } from "@steward/platform/process";
import { createGuardRegistry, createSandbox, findBubblewrap } from "@steward/platform/sandbox";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createConfinedGit } from "../src/sandbox/confined-git.ts";

const found = await findBubblewrap(process.env);
if (!found.ok) console.warn(`git is not tried shut in on this machine: ${found.reason}: ${found.detail}`);

const CHAT = { botId: "cli", chatId: "main", threadId: "" };
const CONVERSATION = "01890000-0000-7000-8000-0000deadbeef";
let root: string;
let repository: string;
let trap: string;
let git: SafeGit;
let worktrees: Worktrees;

const owner = (cwd: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: join(root, "home") },
  });

beforeEach(() => {
  if (!found.ok) return;
  root = realpathSync(mkdtempSync(join(tmpdir(), "steward-git-")));
  trap = join(root, "trap");
  repository = join(root, "app");
  for (const folder of ["app", "home"]) mkdirSync(join(root, folder));
  owner(repository, "init", "--quiet", "--initial-branch=main");
  writeFileSync(join(repository, "README.md"), "first\n");
  owner(repository, "add", "--all");
  owner(repository, "commit", "--quiet", "--message", "first");
  const sandbox = createSandbox({
    bubblewrap: found.bubblewrap,
    spawner: createProcessSpawner(),
    table: createProcessTable(),
    guards: createGuardRegistry(null),
    clock: createSystemClock(),
    ids: createIds(),
  });
  const environment = { PATH: process.env.PATH ?? "", HOME: join(root, "home") };
  git = createSafeGit(environment, createConfinedGit(sandbox, []));
  worktrees = createWorktrees({ git, root: join(root, "worktrees") });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A repository of the agent's own, recorded as a submodule, with a filter that runs when git looks into it. */
const plantSubmodule = (directory: string): void => {
  const sub = join(directory, "sub");
  const script = join(sub, "filter.sh");
  mkdirSync(sub);
  owner(sub, "init", "--quiet");
  writeFileSync(script, `#!/bin/sh\ntouch ${trap} ${directory}/ran\ncat\n`);
  chmodSync(script, 0o755);
  writeFileSync(join(sub, "file"), "x\n");
  owner(sub, "add", "file");
  owner(sub, "commit", "--quiet", "--message", "sub");
  writeFileSync(join(sub, ".gitattributes"), "* filter=evil\n");
  owner(sub, "config", "filter.evil.clean", script);
  // Of the same length: only a look into the file tells that it is another one.
  writeFileSync(join(sub, "file"), "y\n");
  owner(directory, "-c", "advice.addEmbeddedRepo=false", "add", "sub");
};

describe.skipIf(!found.ok)("git of Steward's own, shut in", () => {
  test("makes a worktree and removes it, as without walls", async () => {
    expect(await worktrees.kindOf(repository)).toBe("repository");
    const { path, branch } = await worktrees.add(repository, CHAT, CONVERSATION);
    expect(owner(path, "branch", "--show-current")).toBe(`${branch}\n`);
    expect(readdirSync(path).sort()).toEqual([".git", "README.md"]);
    writeFileSync(join(path, "new"), "work");
    await expect(worktrees.remove(path)).rejects.toMatchObject({ code: "worktree_not_clean" });
    owner(path, "add", "--all");
    owner(path, "commit", "--quiet", "--message", "work");
    await worktrees.remove(path);
    expect(existsSync(path)).toBe(false);
    expect(owner(repository, "worktree", "list").trim().split("\n")).toHaveLength(1);
    expect(owner(repository, "show", `${branch}:new`)).toBe("work");
  });

  test("tells directories in a repository, without one and without a commit apart", async () => {
    mkdirSync(join(repository, "inner"));
    mkdirSync(join(root, "unborn"));
    owner(join(root, "unborn"), "init", "--quiet");
    expect(await worktrees.kindOf(join(repository, "inner"))).toBe("subdirectory");
    expect(await worktrees.kindOf(join(root, "home"))).toBe("none");
    expect(await worktrees.kindOf(join(root, "unborn"))).toBe("without_commit");
  });

  test("does not look into a submodule, whose own configuration would run its filter", async () => {
    plantSubmodule(repository);
    await worktrees.add(repository, CHAT, CONVERSATION);
    expect([trap, join(repository, "ran")].filter((path) => existsSync(path))).toEqual([]);
  });

  test("what git runs all the same changes nothing outside, nor the repository it was to look at", async () => {
    plantSubmodule(repository);
    await git.run(repository, ["status", "--porcelain"]);
    expect([trap, join(repository, "ran")].filter((path) => existsSync(path))).toEqual([]);
    // The trap works: the owner's own git walks into it.
    owner(repository, "status", "--porcelain");
    expect(existsSync(trap)).toBe(true);
  });

  test("a worktree that holds a repository of the agent's is not removed, and nothing of it runs", async () => {
    const { path } = await worktrees.add(repository, CHAT, CONVERSATION);
    plantSubmodule(path);
    owner(path, "commit", "--quiet", "--message", "with a submodule");
    rmSync(trap, { force: true });
    rmSync(join(path, "ran"), { force: true });
    await expect(worktrees.remove(path)).rejects.toMatchObject({ code: "git_failed" });
    expect([trap, join(path, "ran")].filter((each) => existsSync(each))).toEqual([]);
    expect(existsSync(join(path, "sub/file"))).toBe(true);
  });

  test("cannot change what the repository runs, even when it may write there", async () => {
    const config = ["config", "core.fsmonitor", `touch ${trap}`];
    const { code } = await git.run(repository, config, []);
    expect(code).not.toBe(0);
    owner(repository, "status");
    expect(existsSync(trap)).toBe(false);
  });

  test("reads the owner's own settings", async () => {
    writeFileSync(join(root, "home/.gitconfig"), "[steward]\n\tword = owner's\n");
    expect((await git.run(repository, ["config", "steward.word"])).stdout).toBe("owner's\n");
  });
});
