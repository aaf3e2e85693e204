import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createProcTable } from "./proc-table.ts";

const uid = process.getuid?.() ?? 0;
const STAT_TAIL = Array.from({ length: 30 }, (_, index) => String(index)).join(" ");

function procWith(pid: string, stat: string, environ = ""): ReturnType<typeof createProcTable> {
  const root = mkdtempSync(join(tmpdir(), "steward-proc-"));
  mkdirSync(join(root, "self"));
  mkdirSync(join(root, pid));
  writeFileSync(join(root, pid, "stat"), stat);
  writeFileSync(join(root, pid, "environ"), environ);
  return createProcTable({ uid, root });
}

test("reads a command name with blanks and parentheses", () => {
  // After the state come fields 4 (parent) and 5 (group); the start time is field 22.
  const table = procWith("77", `77 (a) b (c)) S 12 34 ${STAT_TAIL}`);
  expect(table.list()).toEqual([{ pid: 77, parentPid: 12, groupId: 34, startedAt: "16", isZombie: false }]);
});

test("recognises a zombie and passes over what it cannot read", () => {
  expect(procWith("78", `78 (x) Z 1 1 ${STAT_TAIL}`).list()).toMatchObject([{ pid: 78, isZombie: true }]);
  expect(procWith("79", "torn").list()).toEqual([]);
});

test("finds a variable by its whole name", () => {
  const table = procWith("80", `80 (x) S 1 1 ${STAT_TAIL}`, "XMARK=no\0MARK=a=b\0MARKER=no\0");
  expect(table.environmentValues([80, 81], "MARK")).toEqual(new Map([[80, "a=b"]]));
});
