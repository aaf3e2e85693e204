import { describe, expect, test } from "vitest";
import { pair, startCore } from "./test-core.ts";

const BOT = "4242";
const BLOCKED = "Forbidden: bot was blocked by the user";

/** A bot with its owner, and somebody else to whom something is to be delivered. */
async function start() {
  const t = await startCore();
  t.core.bots.register(BOT, "telegram", "tiny_bot");
  pair(t.core, BOT, "1");
  pair(t.core, BOT, "42");
  const deliver = async (chatId = "42"): Promise<string> => {
    const id = t.submit(
      "hello",
      { botId: BOT, chatId },
      { deliver: true, source: "telegram", userId: chatId },
    );
    await t.core.turns.waitForEnd(id);
    return t.core.deliveries.open(BOT).findLast(({ turnId }) => turnId === id)?.id ?? "";
  };
  /** What the owner is told. */
  const told = (): string[] =>
    t.core.deliveries
      .open(BOT)
      .filter(({ chatId, kind }) => chatId === "1" && kind === "notice")
      .map(({ text }) => text);
  const die = (id: string) => t.core.deliveries.settle(id, { outcome: "dead", error: BLOCKED });
  return { ...t, deliver, told, die };
}

describe("what cannot be delivered", () => {
  test("is told to the bot's owner once for each time that a chat stops taking messages", async () => {
    const { core, deliver, told, die } = await start();
    die(await deliver());
    expect(told()).toEqual([expect.stringContaining(`chat 42 does not take it any more (${BLOCKED})`)]);
    die(await deliver());
    expect(told()).toHaveLength(1);
    core.deliveries.settle(await deliver(), { outcome: "delivered" });
    die(await deliver());
    expect(told()).toHaveLength(2);
  });

  test("in the owner's own chat is told to nobody there: it would not arrive either", async () => {
    const { deliver, told, die } = await start();
    die(await deliver("1"));
    expect(told()).toEqual([]);
  });

  test("is listed, and goes out again when a person says so", async () => {
    const { core, deliver, die, clock } = await start();
    const [first, second] = [await deliver(), await deliver()];
    die(first);
    await clock.advance(1_000);
    core.deliveries.settle(second, { outcome: "delivered" });
    const dead = () => core.deadLetters.list({ state: "dead", limit: 10 });
    expect(dead()).toEqual([expect.objectContaining({ id: first, lastError: BLOCKED, text: "echo: hello" })]);
    expect(core.deadLetters.retry(first)).toBe("pending");
    expect(dead()).toEqual([]);
    expect(core.deliveries.open(BOT).map(({ id }) => id)).toContain(first);
    // Again: it is on its way.
    expect(core.deadLetters.retry(first)).toBe("pending");
    expect(() => core.deadLetters.retry(second)).toThrow("Only a dead delivery");
    expect(core.deliveries.settle(first, { outcome: "delivered" })).toBe("delivered");
  });

  test("is listed page by page, the latest first, of one bot", async () => {
    const { core, deliver } = await start();
    const ids = [await deliver(), await deliver(), await deliver()];
    const page = core.deadLetters.list({ botId: BOT, limit: 2 });
    expect(page.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    const next = core.deadLetters.list({ botId: BOT, limit: 1, before: page.at(-1)?.seq });
    expect(next.map(({ id }) => id)).toEqual([ids[0]]);
    expect(core.deadLetters.list({ botId: "other", limit: 2 })).toEqual([]);
  });
});
