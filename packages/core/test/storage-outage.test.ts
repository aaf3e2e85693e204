import { turnEvents, turns } from "@steward/schema/tables";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { openFaultyDatabase } from "./faulty-database.ts";
import { pair, promptUpdate, startCore, until } from "./test-core.ts";

const startFaulty = async () => {
  const faulty = openFaultyDatabase();
  return {
    faulty,
    t: await startCore({ database: faulty.database, limits: { maxLive: 8, maxSpawning: 8 } }),
  };
};
const defect = (): Error => new Error("a defect");

describe("row 28: a database that takes no writes", () => {
  test("is asked by one of all running turns, and gets every text when it takes writes again", async () => {
    const { faulty, t } = await startFaulty();
    const running: { delta(text: string): void; answer(text: string): void }[] = [];
    t.driver.script = (turn) => void running.push(turn);
    const ids = Array.from({ length: 8 }, (_, n) => t.submit("x", { chatId: `c${n}` }));
    await until(() => running.length === 8, "all run");
    faulty.fails = () => true;
    const before = faulty.writes;
    for (let second = 0; second < 20; second += 1) {
      for (const turn of running) turn.delta("word ");
      await t.clock.advance(1_000);
    }
    // 0.25 s, 0.5 s … 5 s: nine tries of one writer, and what told it first.
    expect(faulty.writes - before).toBeLessThanOrEqual(12);

    faulty.fails = () => false;
    await t.clock.advance(5_000);
    for (const id of ids) {
      const rows = t.database.db.select().from(turnEvents).where(eq(turnEvents.turnId, id)).all();
      expect(rows.map(({ body }) => body).join("")).toContain("word ".repeat(20));
    }
  });

  test("lets a front end connect and be told its answers", async () => {
    const { faulty, t } = await startFaulty();
    pair(t.core, "123", "42");
    const turnId = t.core.inbox.accept("123", [promptUpdate("hi")]).results[0]?.turnId ?? "";
    await t.core.turns.waitForEnd(turnId);
    faulty.fails = () => true;
    const front = t.frontEnd("123");
    expect(front.events.map(({ type }) => type)).toEqual(["access", "delivery", "live"]);
    expect(t.core.turns.get(turnId)?.state).toBe("result_saved");

    faulty.fails = () => false;
    await t.clock.advance(10_000);
    t.frontEnd("123");
    expect(t.core.turns.get(turnId)?.state).toBe("delivering");
  });
});

describe("an outcome that was owed and cannot be written at all", () => {
  const answerWhileFull = async () => {
    const { faulty, t } = await startFaulty();
    let answer: (text: string) => void = () => undefined;
    t.driver.script = (turn) => {
      answer = (text) => turn.answer(text);
    };
    const turnId = t.submit("hello");
    await until(() => t.core.turns.get(turnId)?.state === "running", "it runs");
    faulty.fails = () => true;
    answer("the answer");
    await until(() => faulty.writes > 0, "it was tried");
    await t.clock.advance(300);
    return { faulty, t, turnId };
  };

  test("ends its turn as failed, with what was said", async () => {
    const { faulty, t, turnId } = await answerWhileFull();
    let defects = 1;
    faulty.fault = defect;
    faulty.fails = (_write, sql) => /insert into "chat_messages"/.test(sql) && defects-- > 0;
    await t.clock.advance(10_000);
    const turn = t.core.turns.get(turnId);
    expect(turn).toMatchObject({ state: "failed", errorCode: "internal_error" });
    expect(turn?.text).toContain("the answer");
    t.driver.script = (next) => next.answer("fine");
    expect((await t.ask("again")).text).toBe("fine");
  });

  test("leaves its turn to the recovery, when even that cannot be written", async () => {
    const { faulty, t, turnId } = await answerWhileFull();
    faulty.fault = defect;
    faulty.fails = (_write, sql) => /insert into "chat_messages"/.test(sql);
    await t.clock.advance(10_000);
    faulty.fails = () => false;
    t.driver.script = (turn) => turn.answer("second attempt");
    for (let half = 0; half < 4; half += 1) await t.clock.advance(30_000);
    expect(t.core.turns.get(turnId)).toMatchObject({ state: "done", attempt: 2 });
    const row = t.database.db.select().from(turns).where(eq(turns.id, turnId)).get();
    expect(row?.resultText).toBe("second attempt");
  });

  test("a probe that fails in an unknown way is made again", async () => {
    const { faulty, t, turnId } = await answerWhileFull();
    faulty.fault = defect;
    await t.clock.advance(10_000);
    faulty.fails = () => false;
    await t.clock.advance(10_000);
    expect(t.core.turns.get(turnId)).toMatchObject({ state: "done", text: "the answer" });
  });
});
