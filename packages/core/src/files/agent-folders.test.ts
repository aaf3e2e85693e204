import { mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { agentFolders } from "./agent-folders.ts";

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "steward-folders-"));
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

test("a conversation in its own workspace needs none", () => {
  expect(agentFolders(workspace, workspace)).toEqual([]);
  expect(readdirSync(workspace)).toEqual([]);
});

test("one that works in a project gets both, made when they are missing", () => {
  const folders = [join(workspace, "files"), join(workspace, "outbox")];
  expect(agentFolders(workspace, "/home/ada/code")).toEqual(folders);
  expect(agentFolders(workspace, "/home/ada/code")).toEqual(folders);
  expect(readdirSync(workspace)).toEqual(["files", "outbox"]);
});

test("a link in the place of one opens nothing", () => {
  symlinkSync("/etc", join(workspace, "outbox"));
  expect(agentFolders(workspace, "/home/ada/code")).toEqual([join(workspace, "files")]);
});
