import { createFakeClock } from "@steward/platform/clock";
import { createMemoryLogger } from "@steward/platform/logger";
import { describe, expect, test } from "vitest";
import { createReadiness, DISK_FLOOR_BYTES, type Phase } from "./readiness.ts";

const build = () => {
  const clock = createFakeClock();
  const { log, lines } = createMemoryLogger();
  const state = {
    phase: "ready" as Phase,
    database: null as Error | null,
    freeBytes: 10 * 1024 ** 3,
    cli: { found: true, problem: null as string | null },
    holds: [] as { kind: string }[],
    vectorProblem: null as string | null,
    probes: 0,
  };
  const readiness = createReadiness({
    probeDatabase: () => {
      state.probes++;
      if (state.database !== null) throw state.database;
    },
    dataDirectory: "/data",
    isLocked: () => true,
    phase: () => state.phase,
    cli: () => state.cli,
    holds: () => state.holds,
    vectorProblem: () => state.vectorProblem,
    clock,
    log,
    freeDiskBytes: () => state.freeBytes,
  });
  const failing = () =>
    readiness()
      .components.filter(({ ok }) => !ok)
      .map(({ name, detail }) => `${name}: ${detail ?? ""}`);
  return { clock, lines, state, readiness, failing };
};

describe("readiness", () => {
  test("names every part, and is ready when all are", () => {
    const { readiness } = build();
    expect(readiness()).toEqual({
      status: "ready",
      components: ["database", "disk", "lock", "recovery", "cli", "search", "turns"].map((name) => ({
        name,
        ok: true,
      })),
    });
  });

  test("is ready without vectors, and says so without a path", () => {
    const { readiness, state } = build();
    state.vectorProblem = "/somewhere/vec0.so: cannot open";
    expect(readiness()).toMatchObject({ status: "ready" });
    expect(readiness().components).toContainEqual({ name: "search", ok: true, detail: "no vectors" });
  });

  test("says what holds turns, and is ready all the same: a restart would help nobody", () => {
    const { state, readiness } = build();
    state.holds = [{ kind: "panic" }, { kind: "usage_limit" }];
    expect(readiness()).toMatchObject({
      status: "ready",
      components: expect.arrayContaining([{ name: "turns", ok: true, detail: "held: panic, usage_limit" }]),
    });
  });

  test("fails with the part that does, and recovers by itself", async () => {
    const { state, readiness, failing, clock, lines } = build();
    state.database = Object.assign(new Error("/secret/path: disk full"), { code: "SQLITE_FULL" });
    expect(readiness().status).toBe("failing");
    expect(failing()).toEqual(["database: SQLITE_FULL"]);
    expect(lines).toHaveLength(1);
    state.database = null;
    await clock.advance(2_000);
    expect(readiness().status).toBe("ready");
  });

  test("fails below the disk floor", () => {
    const { state, failing } = build();
    state.freeBytes = DISK_FLOOR_BYTES - 1;
    expect(failing()).toEqual(["disk: only 199 MB free"]);
  });

  test("fails without a CLI, with what is wrong", () => {
    const { state, failing } = build();
    state.cli = { found: false, problem: "Claude Code was not found" };
    expect(failing()).toEqual(["cli: Claude Code was not found"]);
  });

  test("a CLI that is there but not logged in can be talked to, and is ready", () => {
    const { state, readiness } = build();
    state.cli = { found: true, problem: "Claude Code is not logged in." };
    expect(readiness().status).toBe("ready");
  });

  test("writes to the disk no more often than it must, however often it is asked", async () => {
    const { state, readiness, clock } = build();
    for (let n = 0; n < 100; n++) readiness();
    expect(state.probes).toBe(1);
    await clock.advance(2_000);
    readiness();
    expect(state.probes).toBe(2);
  });

  test("says that it is starting or stopping, and leaves a closing database alone", () => {
    const { state, readiness } = build();
    state.phase = "starting";
    expect(readiness().status).toBe("starting");
    state.phase = "stopping";
    const before = state.probes;
    expect(readiness().status).toBe("stopping");
    expect(state.probes).toBe(before);
  });
});
