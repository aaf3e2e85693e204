import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSharedContext } from "./read-shared-context.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "steward-context-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each<[what: string, content: string, expected: string | null]>([
  ["a short one", "We say metres.\n", "We say metres."],
  ["an empty one", " \n", null],
  ["a long one", "x".repeat(5_000), "x".repeat(2_000)],
  ["a long one in Chinese", "记".repeat(5_000), "记".repeat(2_000)],
  ["one of characters that are two units long", "🧭".repeat(3_000), "🧭".repeat(2_000)],
  ["one with a byte order mark", "\uFEFFhello", "hello"],
])("%s", async (_what, content, expected) => {
  const path = join(folder, "shared.md");
  writeFileSync(path, content);
  expect(await readSharedContext(path)).toBe(expected);
});

test("one that is not there is none, and a folder is an error", async () => {
  expect(await readSharedContext(join(folder, "missing.md"))).toBeNull();
  await expect(readSharedContext(folder)).rejects.toThrow("EISDIR");
});
