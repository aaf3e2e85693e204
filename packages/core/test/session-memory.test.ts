import { describe, expect, test } from "vitest";
import { startCore, until } from "./test-core.ts";

const MB = 1_048_576;

/** A machine on which each process of the fake CLI takes what `megabytes` says of it, by its place in the list. */
const startMeasured = async () => {
  const megabytes: number[] = [];
  let samples = 0;
  const t = await startCore({
    limits: { maxSessionBytes: 1_000 * MB },
    sampleProcesses: async (pids) => {
      samples += 1;
      return new Map(
        t.driver.sessions.flatMap(({ pid, alive }, index) => {
          const rssBytes = (megabytes[index] ?? 300) * MB;
          return alive && pids.includes(pid)
            ? [[pid, { cpuPercent: 1, rssBytes, processes: 1 }] as const]
            : [];
        }),
      );
    },
  });
  return { ...t, megabytes, samples: () => samples };
};

describe("row 24: a session's memory grows", () => {
  test("beyond its limit: it alone is ended, by force, and its turn says so; the others live", async () => {
    const t = await startMeasured();
    t.driver.ignoreEnds = true;
    t.driver.ignoreInterrupts = true;
    const ends: (() => void)[] = [];
    t.driver.script = (turn) => {
      turn.delta("I build");
      ends.push(() => turn.answer("fine"));
    };
    const hungry = t.submit("build", { chatId: "a" });
    const other = t.submit("hello", { chatId: "b" });
    await until(() => ends.length === 2, "both run");
    t.megabytes[0] = 900;
    await t.clock.advance(20_000);
    expect(t.core.turns.get(hungry)?.state).toBe("running");
    t.megabytes[0] = 1_100;
    await t.clock.advance(5_000);
    expect(t.core.turns.get(hungry)).toMatchObject({ state: "failed", errorCode: "session_too_large" });
    expect(t.core.turns.get(hungry)?.text).toMatch(/1000 MB[\s\S]*I build/);
    expect(t.driver.sessions.map(({ alive }) => alive)).toEqual([false, true]);
    ends[1]?.();
    expect((await t.core.turns.waitForEnd(other)).text).toBe("fine");
    t.driver.script = (turn) => turn.answer("smaller now");
    expect((await t.ask("again", { chatId: "a" })).text).toBe("smaller now");
  });

  test("while no turn runs: the process is ended and the next turn resumes", async () => {
    const t = await startMeasured();
    await t.ask("hello");
    t.megabytes[0] = 2_000;
    await t.clock.advance(5_000);
    expect(t.driver.sessions[0]?.alive).toBe(false);
    expect((await t.ask("again")).state).toBe("done");
    expect(t.driver.launches[1]).toMatchObject({ resume: true });
  });

  test("nothing is measured while there is no process", async () => {
    const t = await startMeasured();
    await t.ask("hello");
    await t.clock.advance(3 * 3_600_000);
    expect(t.driver.sessions[0]?.alive).toBe(false);
    const before = t.samples();
    expect(before).toBeGreaterThan(0);
    await t.clock.advance(60_000);
    expect(t.samples()).toBe(before);
  });
});
