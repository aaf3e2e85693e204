import { expect, test } from "vitest";
import { buildBubblewrapArguments, isAtLeast } from "./bubblewrap-arguments.ts";
import type { SandboxRequest } from "./sandbox-request.ts";

const REQUEST: SandboxRequest = {
  cwd: "/data/workspaces/1/2",
  home: "/home/ada",
  writable: ["/home/ada/.claude/projects/x", "/data/workspaces/1/2/.git"],
  readOnly: ["/data/workspaces/1/2/.git/config", "/home/ada/.claude/settings.json"],
  masked: [],
  guarded: [{ path: "/data/workspaces/1/2/.claude", placeholder: { kind: "directory" } }],
  files: [{ path: "/home/ada/.claude.json", content: "canary" }],
  forwards: [],
  pathDoors: [],
  proxy: null,
  maxProcesses: 10,
};
const NEW = { path: "/usr/bin/bwrap", version: "0.8.0" };

test("what lies deeper is mounted later, so that nothing shown is covered and nothing guarded stays open", () => {
  const args = buildBubblewrapArguments(REQUEST, [{ kind: "empty", path: "/tmp" }], NEW);
  const at = (...words: string[]) => args.join(" ").indexOf(words.join(" "));
  const home = at("--tmpfs", "/home/ada");
  const cwd = at("--bind-try", "/data/workspaces/1/2", "/data/workspaces/1/2");
  const git = at("--bind-try", "/data/workspaces/1/2/.git");
  expect(at("--tmpfs", "/tmp")).toBeGreaterThan(0);
  expect(home).toBeGreaterThan(at("--tmpfs", "/tmp"));
  expect(at("--bind-try", "/home/ada/.claude/projects/x")).toBeGreaterThan(home);
  expect(at("--ro-bind-try", "/home/ada/.claude/settings.json")).toBeGreaterThan(home);
  expect(git).toBeGreaterThan(cwd);
  expect(at("--ro-bind-try", "/data/workspaces/1/2/.git/config")).toBeGreaterThan(git);
  expect(at("--ro-bind-try", "/data/workspaces/1/2/.claude")).toBeGreaterThan(cwd);
});

test("name spaces, no privileges, death with the parent; contents of files never stand in it", () => {
  const args = buildBubblewrapArguments(REQUEST, [], NEW);
  for (const flag of [
    "--unshare-user",
    "--unshare-pid",
    "--unshare-net",
    "--die-with-parent",
    "--disable-userns",
  ]) {
    expect(args).toContain(flag);
  }
  expect(args.join(" ")).toContain("--cap-drop ALL");
  expect(args.join(" ")).not.toContain("canary");
});

test("an older bubblewrap is not asked for what it does not know", () => {
  const args = buildBubblewrapArguments(REQUEST, [], { ...NEW, version: "0.6.1" });
  expect(args).not.toContain("--size");
  expect(args).not.toContain("--disable-userns");
  expect(isAtLeast("0.11.0", "0.8.0")).toBe(true);
  expect(isAtLeast("0.7.9", "0.8.0")).toBe(false);
});
