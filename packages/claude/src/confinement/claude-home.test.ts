import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { showClaudeHome } from "./claude-home.ts";

const OWN = "11111111-1111-4111-8111-111111111111";
const OTHER = "22222222-2222-4222-8222-222222222222";
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "steward-home-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const show = (isShared: boolean) =>
  showClaudeHome({ home, cwd: "/srv/my.project", cliSessionId: OWN, isShared });
const transcripts = () => join(home, ".claude/projects/-srv-my-project");

test("writable are the transcripts of this directory, this session's folders, and the login", () => {
  expect(show(false).writable).toEqual([
    transcripts(),
    join(home, ".claude/file-history", OWN),
    join(home, ".claude/tasks", OWN),
    join(home, ".claude/.credentials.json"),
  ]);
  expect(existsSync(transcripts())).toBe(true);
});

test("where several chats work, the conversations of the others are hidden", () => {
  mkdirSync(join(transcripts(), OTHER), { recursive: true });
  for (const name of [`${OWN}.jsonl`, `${OTHER}.jsonl`, "memory"])
    writeFileSync(join(transcripts(), name), "");
  expect([...show(true).masked].sort()).toEqual([
    join(transcripts(), OTHER),
    join(transcripts(), `${OTHER}.jsonl`),
  ]);
  expect(show(false).masked).toEqual([]);
});

test("the CLI's state comes as a copy, without other projects and without servers and their keys", () => {
  const state = {
    oauthAccount: { id: 1 },
    projects: { "/x": { history: ["canary"] } },
    mcpServers: { a: "canary" },
  };
  writeFileSync(join(home, ".claude.json"), JSON.stringify(state));
  const [copy] = show(false).files;
  expect(copy?.path).toBe(join(home, ".claude.json"));
  expect(JSON.parse(copy?.content ?? "")).toEqual({ oauthAccount: { id: 1 } });
});

test("a path whose transcript folder cannot be known is refused", () => {
  const cwd = `/${"long/".repeat(50)}`;
  expect(() => showClaudeHome({ home, cwd, cliSessionId: OWN, isShared: false })).toThrow(/too long/);
});
