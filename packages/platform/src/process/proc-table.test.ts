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
  expect(table.environmentValues([80, 81], "MARK")).toEqual({
    values: new Map([[80, "a=b"]]),
    unreadYet: [],
  });
});

test.each([
  ["a thread of the kernel", { memory: 0, begin: 0, end: 0 }, []],
  ["a program without an environment", { memory: 4096, begin: 9, end: 9 }, []],
  ["the middle of execve", { memory: 4096, begin: 0, end: 0 }, [82]],
  ["execve in between", { memory: 4096, begin: 0, end: 9 }, [82]],
  ["the end of execve", { memory: 4096, begin: 8, end: 9 }, [82]],
])("nothing to read is %s", (_, { memory, begin, end }, unreadYet) => {
  // Fields 3 to 52 of proc_pid_stat(5).
  const fields = Array.from({ length: 50 }, () => "0");
  Object.assign(fields, { 0: "R", 20: String(memory), 47: String(begin), 48: String(end) });
  const table = procWith("82", `82 (x) ${fields.join(" ")}`);
  expect(table.environmentValues([82], "MARK")).toEqual({ values: new Map(), unreadYet });
});
