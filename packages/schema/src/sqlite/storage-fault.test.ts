import { expect, test } from "vitest";
import { storageFaultOf } from "./storage-fault.ts";

const withCode = (code: string, cause?: unknown) => Object.assign(new Error("x", { cause }), { code });

test.each([
  ["SQLITE_BUSY", "busy"],
  ["SQLITE_BUSY_SNAPSHOT", "busy"],
  ["SQLITE_FULL", "full"],
  ["SQLITE_READONLY_DBMOVED", "full"],
  ["SQLITE_IOERR_SHMSIZE", "full"],
  ["ENOSPC", "full"],
  ["SQLITE_IOERR_FSYNC", "broken"],
  ["SQLITE_CORRUPT_VTAB", "broken"],
  ["EIO", "broken"],
  ["SQLITE_CONSTRAINT_UNIQUE", null],
  ["ENOENT", null],
])("%s is %s", (code, fault) => {
  expect(storageFaultOf(withCode(code))).toBe(fault);
});

test("finds the fault below what wrapped it, and none in anything else", () => {
  expect(storageFaultOf(new Error("query failed", { cause: withCode("SQLITE_FULL") }))).toBe("full");
  expect(storageFaultOf(new Error("boom"))).toBeNull();
  expect(storageFaultOf("SQLITE_FULL")).toBeNull();
});
