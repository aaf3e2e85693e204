import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { guardWrites } from "./write-guard.ts";

const open = () => {
  const sqlite = new Sqlite(":memory:");
  sqlite.exec("CREATE TABLE t (a)");
  // As the driver reports a medium that failed.
  sqlite.function("fail", (code: string) => {
    throw Object.assign(new Error("disk I/O error"), { code });
  });
  const told: unknown[] = [];
  const guard = guardWrites(sqlite, (error) => told.push(error));
  return { sqlite, told, guard };
};

test("after a failed fsync no write is tried any more, and it is told once", () => {
  const { sqlite, told, guard } = open();
  const fine = sqlite.prepare("INSERT INTO t VALUES (1)");
  fine.run();
  expect(() => sqlite.prepare("INSERT INTO t VALUES (fail('SQLITE_IOERR_FSYNC'))").run()).toThrow("disk I/O");
  const refused = expect.objectContaining({ code: "SQLITE_IOERR" }) as Error;
  expect(() => fine.run()).toThrow(refused);
  expect(() => guard(() => 1)).toThrow(refused);
  expect(told).toEqual([expect.objectContaining({ code: "SQLITE_IOERR_FSYNC" })]);
  expect(sqlite.prepare("SELECT count(*) AS n FROM t").get()).toEqual({ n: 1 });
});

test.each(["run", "get", "all"] as const)("a write that is made by %s is watched like any other", (verb) => {
  const { sqlite, told } = open();
  const returning = sqlite.prepare("INSERT INTO t VALUES (fail('SQLITE_IOERR_FSYNC')) RETURNING a");
  expect(() => (verb === "run" ? returning.run() : returning[verb]())).toThrow("disk I/O");
  expect(told).toHaveLength(1);
  const fine = sqlite.prepare("INSERT INTO t VALUES (1) RETURNING a");
  expect(() => fine[verb]()).toThrow(expect.objectContaining({ code: "SQLITE_IOERR" }) as Error);
  expect(sqlite.prepare("SELECT count(*) AS n FROM t").get()).toEqual({ n: 0 });
});

test.each(["SQLITE_FULL", "SQLITE_BUSY", "SQLITE_CONSTRAINT"])(
  "%s passes, and the next write is tried",
  (code) => {
    const { sqlite, told, guard } = open();
    expect(() =>
      guard(() => {
        throw Object.assign(new Error("x"), { code });
      }),
    ).toThrow("x");
    sqlite.prepare("INSERT INTO t VALUES (1)").run();
    expect(told).toEqual([]);
  },
);
