import { describe, expect, test } from "vitest";
import { createSlotPool } from "./slot-pool.ts";

const never = new AbortController().signal;

describe("slot pool", () => {
  test("grants up to the limit and hands a released place to the longest waiting", async () => {
    const pool = createSlotPool({ max: 1, onFull: () => undefined });
    const first = await pool.acquire(never);
    const order: string[] = [];
    const second = pool.acquire(never).then((slot) => {
      order.push("second");
      return slot;
    });
    const third = pool.acquire(never).then(() => order.push("third"));
    expect([pool.used, pool.waiting]).toEqual([1, 2]);
    first.release();
    (await second).release();
    await third;
    expect(order).toEqual(["second", "third"]);
  });

  test("asks for room only when everything is taken", async () => {
    let asked = 0;
    const pool = createSlotPool({ max: 1, onFull: () => (asked += 1) });
    const slot = await pool.acquire(never);
    expect(asked).toBe(0);
    const waiting = pool.acquire(never);
    expect(asked).toBe(1);
    slot.release();
    await waiting;
  });

  test("a waiting chat that gives up takes no place, now or later", async () => {
    const pool = createSlotPool({ max: 1, onFull: () => undefined });
    const slot = await pool.acquire(never);
    const giveUp = new AbortController();
    const waiting = pool.acquire(giveUp.signal);
    giveUp.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
    slot.release();
    expect([pool.used, pool.waiting]).toEqual([0, 0]);
  });

  test("releasing twice frees one place", async () => {
    const pool = createSlotPool({ max: 2, onFull: () => undefined });
    const slot = await pool.acquire(never);
    await pool.acquire(never);
    slot.release();
    slot.release();
    expect(pool.used).toBe(1);
  });
});
