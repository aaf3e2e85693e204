import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createFakeClock } from "@steward/platform/clock";
import { createMemoryLogger } from "@steward/platform/logger";
import { listBackups } from "@steward/schema/backups";
import { openDatabase } from "@steward/schema/sqlite";
import { settings } from "@steward/schema/tables";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { createBackups } from "./backups.ts";

const MINUTE_MS = 60_000;
const START = Date.UTC(2026, 10, 21, 12);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "steward-backups-"));
  // The schedule's own timers and wall clock; the worker and what it does are real.
  vi.useFakeTimers({
    now: START,
    toFake: ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"],
  });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const taken = () => listBackups(join(folder, "backups"));
/** A worker takes real time: turns of the event loop are waited for, not the clock. */
const eventually = async (condition: () => boolean): Promise<void> => {
  for (const deadlineMs = performance.now() + 20_000; !condition() && performance.now() < deadlineMs; ) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(condition()).toBe(true);
};

/** A database in use, and the schedule on it. */
const start = () => {
  const database = openDatabase({ path: join(folder, "steward.db") });
  onTestFinished(() => database.close());
  const put = (name: string) => database.db.insert(settings).values({ name, value: "1", updatedAt: 0 }).run();
  const clock = createFakeClock(Date.now());
  const { log, lines } = createMemoryLogger();
  const backups = createBackups({
    database: join(folder, "steward.db"),
    folder: join(folder, "backups"),
    clock,
    log,
  });
  const stop = backups.start();
  onTestFinished(stop);
  const pass = async (ms: number): Promise<void> => {
    await clock.advance(ms);
    await vi.advanceTimersByTimeAsync(ms);
  };
  /** Told by the service: the file is there earlier, while a take that falls due would still join the one under way. */
  const untilTaken = async (count: number): Promise<void> => {
    await eventually(() => lines.filter(({ msg }) => msg === "backup taken").length === count);
    expect(taken()).toHaveLength(count);
  };
  return { put, pass, stop, clock, lines, untilTaken, take: backups.take };
};
const namesIn = (backup: string): unknown[] => {
  const copy = new DatabaseSync(join(folder, "backups", backup), { readOnly: true });
  const rows = copy.prepare("SELECT name FROM settings ORDER BY name").all();
  copy.close();
  return rows.map(({ name }) => name);
};

describe("backups on their schedule", () => {
  test("are taken soon after a start without a recent one, then each hour at seven past, with what was committed", async () => {
    const { put, pass, untilTaken } = start();
    put("first");
    await pass(4 * MINUTE_MS);
    expect(taken()).toEqual([]);
    await pass(MINUTE_MS);
    await untilTaken(1);
    put("second");
    await pass(2 * MINUTE_MS + 30_000);
    await untilTaken(2);
    put("third");
    await pass(59 * MINUTE_MS);
    expect(taken()).toHaveLength(2);
    await pass(MINUTE_MS);
    await untilTaken(3);
    expect(taken().map(({ name }) => namesIn(name))).toEqual([
      ["first", "second", "third"],
      ["first", "second"],
      ["first"],
    ]);
  });

  test("are not made up for when the newest is less than an hour old", async () => {
    const first = start();
    await first.pass(5 * MINUTE_MS);
    await first.untilTaken(1);
    await first.stop();
    const again = start();
    await again.clock.advance(5 * MINUTE_MS);
    // Were one being taken, this would be that one, and be logged for both.
    await again.take();
    expect(again.lines.filter(({ msg }) => msg === "backup taken")).toHaveLength(1);
  });

  test("go on after one that failed, which is logged; none is taken after the end", async () => {
    const { pass, stop, lines, untilTaken } = start();
    const inTheWay = join(folder, "backups");
    writeFileSync(inTheWay, "a file");
    await pass(5 * MINUTE_MS);
    await eventually(() => lines.some(({ msg }) => msg === "backup failed"));
    rmSync(inTheWay);
    await pass(3 * MINUTE_MS);
    await untilTaken(1);
    await stop();
    await pass(3 * 60 * MINUTE_MS);
    expect(taken()).toHaveLength(1);
  });
});
