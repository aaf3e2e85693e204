import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGuardRegistry } from "@steward/platform/sandbox";
import { afterEach, beforeEach, expect, test } from "vitest";
import { guardWorkspace } from "./workspace-guards.ts";

let root: string;
let cwd: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "steward-guards-")));
  cwd = join(root, "work");
  mkdirSync(cwd);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const put = (path: string, text = ""): void => {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
};

const guardedNames = (): string[] => guardWorkspace(cwd).guarded.map(({ path }) => path);
const placeholder = (path: string) =>
  guardWorkspace(cwd).guarded.find((each) => each.path === path)?.placeholder;

test("an empty directory gets folders, which git does not list, in the places of what is acted upon", () => {
  const { writable, guarded } = guardWorkspace(cwd);
  expect(writable).toEqual([]);
  const placed = guarded.filter((each) => each.placeholder !== null);
  expect(placed).toEqual(
    [".claude", ".mcp.json", ".envrc", ".vscode", ".idea"].map((name) => ({
      path: join(cwd, name),
      placeholder: { kind: "directory" },
    })),
  );
  execFileSync("git", ["init", "--quiet"], { cwd });
  for (const { path } of placed) mkdirSync(path);
  expect(execFileSync("git", ["status", "--porcelain"], { cwd, encoding: "utf8" })).toBe("");
});

test("in a repository all that leads git is guarded, and the folder cannot be moved", () => {
  put(join(cwd, ".git/config"));
  expect(guardWorkspace(cwd).writable).toEqual([join(cwd, ".git")]);
  const names = ["config", "config.worktree", "commondir", "hooks", "modules", "worktrees"];
  expect(guardedNames()).toEqual(expect.arrayContaining(names.map((name) => join(cwd, ".git", name))));
  expect(placeholder(join(cwd, ".git/commondir"))).toEqual({ kind: "file", content: ".\n" });
});

test("with all its placeholders a repository works as it did", () => {
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], {
      cwd,
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: root },
      stdio: ["ignore", "pipe", "pipe"],
    });
  git("init", "--quiet", "--initial-branch=main");
  const held = createGuardRegistry(null).take(guardWorkspace(cwd).guarded, []);
  writeFileSync(join(cwd, "file"), "one\n");
  git("add", "--all");
  git("commit", "--quiet", "--message", "one");
  git("checkout", "--quiet", "-b", "other");
  writeFileSync(join(cwd, "file"), "two\n");
  git("stash");
  git("stash", "pop", "--quiet");
  git("commit", "--quiet", "--all", "--message", "two");
  git("checkout", "--quiet", "main");
  git("merge", "--quiet", "other");
  git("worktree", "add", "--quiet", join(root, "linked"));
  expect(git("-C", join(root, "linked"), "log", "--format=%s")).toBe("two\none\n");
  git("worktree", "remove", join(root, "linked"));
  git("config", "a.b", "c");
  git("gc", "--quiet");
  git("fsck");
  expect(git("status", "--porcelain")).toBe("");
  expect(git("rev-parse", "--show-toplevel")).toBe(`${cwd}\n`);
  held.release();
  expect(existsSync(join(cwd, ".git/commondir"))).toBe(false);
  expect(git("log", "--format=%s")).toBe("two\none\n");
});

test("a repository that has been led elsewhere is not worked in", () => {
  put(join(cwd, ".git/config"));
  put(join(cwd, ".git/commondir"), ".\n");
  expect(guardWorkspace(cwd).writable).toEqual([join(cwd, ".git")]);
  put(join(cwd, ".git/commondir"), "evil\n");
  expect(() => guardWorkspace(cwd)).toThrow(/commondir leads git to another repository/);
});

test("a link is not followed: what it points to is not shown", () => {
  put(join(root, "home/.ssh/id"), "key");
  for (const name of [".claude", ".git", ".vscode"]) symlinkSync(join(root, "home/.ssh"), join(cwd, name));
  const { writable, guarded } = guardWorkspace(cwd);
  expect(writable).toEqual([]);
  const held = createGuardRegistry(null).take(guarded, []);
  expect(held.mounts).toEqual([".mcp.json", ".envrc", ".idea"].map((name) => join(cwd, name)));
  held.release();
});

test("a linked worktree gets its repository, what leads git read-only", () => {
  const repository = join(root, "repo/.git");
  const folder = join(repository, "worktrees/work");
  put(join(repository, "config"));
  put(join(repository, "hooks/pre-commit"));
  put(join(folder, "gitdir"), `${join(cwd, ".git")}\n`);
  put(join(folder, "commondir"), "../..\n");
  put(join(cwd, ".git"), `gitdir: ${folder}\n`);
  expect(guardWorkspace(cwd).writable).toEqual([repository, folder]);
  expect(guardedNames()).toEqual(
    expect.arrayContaining([
      ...["config", "hooks", "worktrees", "commondir"].map((name) => join(repository, name)),
      ...["gitdir", "commondir", "config.worktree"].map((name) => join(folder, name)),
      join(cwd, ".git"),
    ]),
  );
  // Led to another repository, it is no longer its own.
  put(join(folder, "commondir"), `${root}\n`);
  expect(guardWorkspace(cwd).writable).toEqual([]);
});

test("a worktree's pointer that is a FIFO, or endless, is none, and nobody waits for it", () => {
  const folder = join(root, "repo/.git/worktrees/work");
  mkdirSync(folder, { recursive: true });
  put(join(folder, "commondir"), "../..\n");
  put(join(cwd, ".git"), `gitdir: ${folder}\n`);
  execFileSync("mkfifo", [join(folder, "gitdir")]);
  expect(guardWorkspace(cwd).writable).toEqual([]);
  rmSync(join(folder, "gitdir"));
  put(join(folder, "gitdir"), `${join(cwd, ".git")}\n${" ".repeat(100_000)}`);
  expect(guardWorkspace(cwd).writable).toEqual([]);
});

test("a planted .git file opens nothing: what it names does not name it in return", () => {
  put(join(root, "data/worktrees/x/gitdir"), "/somewhere/else/.git\n");
  put(join(root, "data/worktrees/x/commondir"), "../..\n");
  put(join(cwd, ".git"), `gitdir: ${join(root, "data/worktrees/x")}\n`);
  expect(guardWorkspace(cwd).writable).toEqual([]);
  put(join(root, "data/secret/gitdir"), `${join(cwd, ".git")}\n`);
  put(join(root, "data/secret/commondir"), "../..\n");
  put(join(cwd, ".git"), `gitdir: ${join(root, "data/secret")}\n`);
  expect(guardWorkspace(cwd).writable).toEqual([]);
});
