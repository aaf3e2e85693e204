import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

test("an empty directory gets what holds the places of settings and servers", () => {
  expect(guardWorkspace(cwd)).toEqual({
    writable: [],
    readOnly: [],
    placeholders: [
      { path: join(cwd, ".claude"), kind: "directory" },
      { path: join(cwd, ".mcp.json"), kind: "file" },
    ],
  });
});

test("in a repository git's configuration and hooks are read-only, and the folder cannot be moved", () => {
  put(join(cwd, ".git/config"));
  put(join(cwd, ".claude/settings.json"));
  const guards = guardWorkspace(cwd);
  expect(guards.writable).toEqual([join(cwd, ".git")]);
  expect(guards.readOnly).toEqual([join(cwd, ".claude"), join(cwd, ".git/config")]);
  expect(guards.placeholders).toContainEqual({ path: join(cwd, ".git/hooks"), kind: "directory" });
});

test("a link is not followed: what it points to is not shown", () => {
  put(join(root, "home/.ssh/id"), "key");
  for (const name of [".claude", ".git", ".vscode"]) symlinkSync(join(root, "home/.ssh"), join(cwd, name));
  expect(guardWorkspace(cwd)).toEqual({
    writable: [],
    readOnly: [],
    placeholders: [{ path: join(cwd, ".mcp.json"), kind: "file" }],
  });
});

test("a linked worktree gets its repository, the configuration read-only", () => {
  const repository = join(root, "repo/.git");
  const folder = join(repository, "worktrees/work");
  put(join(repository, "config"));
  put(join(repository, "hooks/pre-commit"));
  put(join(folder, "gitdir"), `${join(cwd, ".git")}\n`);
  put(join(folder, "commondir"), "../..\n");
  put(join(cwd, ".git"), `gitdir: ${folder}\n`);
  const guards = guardWorkspace(cwd);
  expect(guards.writable).toEqual([repository, folder]);
  expect(guards.readOnly).toEqual(
    expect.arrayContaining([
      join(repository, "config"),
      join(repository, "hooks"),
      join(cwd, ".git"),
      join(folder, "gitdir"),
      join(folder, "commondir"),
    ]),
  );
});

test("a planted .git file opens nothing: what it names does not name it in return", () => {
  put(join(root, "data/worktrees/x/gitdir"), "/somewhere/else/.git\n");
  put(join(cwd, ".git"), `gitdir: ${join(root, "data/worktrees/x")}\n`);
  expect(guardWorkspace(cwd).writable).toEqual([]);
  put(join(root, "data/secret/gitdir"), `${join(cwd, ".git")}\n`);
  put(join(cwd, ".git"), `gitdir: ${join(root, "data/secret")}\n`);
  expect(guardWorkspace(cwd).writable).toEqual([]);
});
