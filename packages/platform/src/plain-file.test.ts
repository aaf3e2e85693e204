import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readPlainText } from "./plain-file.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "steward-plain-"));
  path = join(folder, "file");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a small plain file is read, to its last byte", () => {
  writeFileSync(path, "Grüße\n");
  expect(readPlainText(path, 8)).toBe("Grüße\n");
  expect(readPlainText(path, 7)).toBeNull();
  writeFileSync(path, "");
  expect(readPlainText(path, 8)).toBe("");
});

test.each<[string, () => void]>([
  ["nothing", () => undefined],
  ["a FIFO", () => void execFileSync("mkfifo", [path])],
  ["a folder", () => mkdirSync(path)],
  ["a link", () => symlinkSync("/etc/hostname", path)],
  ["an endless device behind a link", () => symlinkSync("/dev/zero", path)],
])("%s is not read, and nobody waits for it", (_, plant) => {
  plant();
  expect(readPlainText(path, 1_000)).toBeNull();
});
