import { createFakeClock } from "@steward/platform/clock";
import { describe, expect, test } from "vitest";
import { createTurnRates, MOST_REMEMBERED } from "./turn-rates.ts";

const start = (limits: Partial<Record<string, number>>) => {
  const clock = createFakeClock();
  const rates = createTurnRates({
    policies: { get: ((name: string) => limits[name] ?? null) as never },
    chatRefOf: () => 1,
    clock,
  });
  const take = (chatId: string, userId: string | null = null) =>
    rates.take({ botId: "b", chatId, threadId: "", userId, byToken: false });
  return { take, clock };
};

describe("what rates remember", () => {
  test("a used-up rate stays used up, however many others come after it", () => {
    const { take } = start({ maxTurnsPerHour: 2 });
    for (const chat of ["mine", "mine"]) expect(take(chat).allowed).toBe(true);
    for (let n = 0; n < MOST_REMEMBERED + 100; n += 1) take(`other${n}`);
    expect(take("mine")).toMatchObject({ allowed: false });
  });

  test("what is full again is forgotten first, and that changes nothing", async () => {
    const { take, clock } = start({ maxTurnsPerMinute: 1 });
    for (let n = 0; n < MOST_REMEMBERED; n += 1) take(`early${n}`);
    await clock.advance(59_000);
    take("late");
    await clock.advance(1_000);
    for (let n = 0; n < MOST_REMEMBERED - 10; n += 1) expect(take(`new${n}`).allowed).toBe(true);
    expect(take("late")).toMatchObject({ allowed: false });
    expect(take("new1")).toMatchObject({ allowed: false });
  });

  test("that a chat was told is remembered of a bounded number of chats", () => {
    const { take } = start({ maxTurnsPerHour: 1 });
    const refuse = (chat: string) => {
      const verdict = take(chat, "one person");
      return verdict.allowed ? null : verdict.isFirst;
    };
    take("first", "one person");
    expect([refuse("a"), refuse("a")]).toEqual([true, false]);
    for (let n = 0; n < MOST_REMEMBERED; n += 1) refuse(`x${n}`);
    expect(refuse("a")).toBe(true);
  });
});
