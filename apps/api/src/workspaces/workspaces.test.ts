import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createWorkspaces } from "./workspaces.ts";

let folder: string;
let root: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "steward-workspaces-")));
  root = join(folder, "workspaces");
  mkdirSync(root);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const chat = (botId: string, chatId: string, threadId = "") => ({ botId, chatId, threadId });

describe("a chat's workspace", () => {
  test("is a private directory of its own, topics beside it", () => {
    const workspaces = createWorkspaces(root);
    expect(workspaces.ensure(chat("bot", "-100"))).toBe(join(root, "bot", "-100"));
    expect(workspaces.ensure(chat("bot", "-100", "7"))).toBe(join(root, "bot", "-100.t7"));
    expect(statSync(join(root, "bot", "-100")).mode & 0o777).toBe(0o700);
    expect(statSync(join(root, "bot")).mode & 0o777).toBe(0o700);
  });

  test("is left as it is when it exists", () => {
    const workspaces = createWorkspaces(root);
    const path = workspaces.ensure(chat("bot", "1"));
    writeFileSync(join(path, "kept.txt"), "kept");
    expect(workspaces.ensure(chat("bot", "1"))).toBe(path);
    expect(statSync(join(path, "kept.txt")).size).toBe(4);
  });

  test.each([
    chat("..", "1"),
    chat("bot", ".."),
    chat("bot", "1/../2"),
    chat("bot", "/etc"),
    chat("bot", "1", "../x"),
    chat("a/b", "1"),
    chat("bot", "1\0"),
    chat("", "1"),
  ])("is refused for a name that is none: $botId $chatId $threadId", (address) => {
    expect(() => createWorkspaces(root).ensure(address)).toThrow();
  });

  test("is refused when a planted link leads out of the root", () => {
    mkdirSync(join(folder, "outside"));
    mkdirSync(join(root, "bot"));
    symlinkSync(join(folder, "outside"), join(root, "bot", "1"));
    expect(() => createWorkspaces(root).ensure(chat("bot", "1"))).toThrow(/leads out/);
    symlinkSync(join(folder, "outside"), join(root, "other"));
    expect(() => createWorkspaces(root).ensure(chat("other", "1"))).toThrow(/leads out/);
  });

  test("may lie in a root that is itself reached by a link", () => {
    const link = join(folder, "link");
    symlinkSync(root, link);
    expect(createWorkspaces(link).ensure(chat("bot", "1"))).toBe(join(link, "bot", "1"));
  });
});
