import { describe, expect, test } from "vitest";
import { startBotRig } from "../src/bot/bot-rig.ts";

const HOUR_MS = 3_600_000;

async function start() {
  const rig = await startBotRig();
  const ada = rig.person("Ada");
  const bob = rig.person("Bob");
  await rig.startBot();
  await rig.pass(5_000);
  const { steward, botId } = rig;
  /** A turn as the API runs it, with its answer. Answers the delivery's id. */
  const answer = (chatId: string, text: string): string => {
    const turnId = steward.openTurn({ botId, chatId });
    steward.event(turnId, { type: "started", start: "warm" });
    return steward.finish(turnId, text);
  };
  const stateOf = (deliveryId: string) => steward.deliveries.get(deliveryId)?.state;
  return { ...rig, ada, bob, answer, stateOf };
}

describe("a flood wait", () => {
  test.each([1, 7, 59, 61, 300, 3_600])(
    "row 34: of %i s is waited out to the second, in its chat alone, and costs no answer",
    async (retryAfter) => {
      const { telegram, clock, pass, ada, bob, steward, botId, answer } = await start();
      const turnId = steward.openTurn({ botId, chatId: ada.chatId });
      steward.event(turnId, { type: "started", start: "warm" });
      steward.event(turnId, {
        type: "text",
        offset: 0,
        text: "A beginning of more than thirty characters. ",
      });
      await pass(3_000);
      const flood = telegram.faults.next({
        kind: "429",
        retryAfter,
        chat: ada.user.id,
        method: "editMessageText",
      });
      for (let n = 0; flood.struck === 0; n++) {
        steward.event(turnId, { type: "text", offset: 44 + n * 5, text: "word " });
        await pass(250);
      }
      const struckAt = ada.calls().find(({ fault }) => fault === "429")?.atMs ?? Number.NaN;
      const callsBefore = ada.calls().length;
      steward.finish(turnId, "The answer.");
      answer(bob.chatId, "Unharmed.");
      await pass(Math.min(retryAfter * 1_000 - 300, 5_000));
      expect(bob.shown()).toEqual(retryAfter > 3 ? ["Unharmed."] : expect.anything());
      await pass(struckAt + retryAfter * 1_000 - clock.now() - 1, 5_000);
      expect(ada.calls()).toHaveLength(callsBefore);
      await pass(4_000);
      expect(ada.shown()).toEqual(["The answer."]);
      expect(bob.shown()).toEqual(["Unharmed."]);
      expect(telegram.calls().filter(({ earlyByMs }) => earlyByMs !== undefined)).toEqual([]);
    },
  );
});

describe("Telegram says no", () => {
  const LONG = `${"Sentence of an answer. ".repeat(170)}End.`;

  test("row 36: to a message as too long, though it is not: it comes in smaller ones, once", async () => {
    const { telegram, pass, ada, answer, stateOf } = await start();
    telegram.faults.next({
      kind: "400",
      description: "Bad Request: message is too long",
      method: ["sendMessage", "editMessageText"],
      times: Number.POSITIVE_INFINITY,
      when: ({ params }) => String(params.text).length > 3_000,
    });
    const delivery = answer(ada.chatId, LONG);
    await pass(20_000);
    expect(stateOf(delivery)).toBe("delivered");
    expect(ada.shown().join(" ")).toBe(LONG);
  });

  test("row 36: to the formatting: it comes as plain text, once", async () => {
    const { telegram, pass, ada, answer } = await start();
    const description = "Bad Request: can't parse MessageEntity: unsupported";
    telegram.faults.next({ kind: "400", description, method: "editMessageText" });
    answer(ada.chatId, "So **bold**.");
    await pass(10_000);
    expect(ada.shown()).toEqual(["So bold."]);
    expect(
      telegram.transcript(telegram.calls()[0]?.bot ?? { id: 0 }, ada.user).visible.at(-1)?.entities,
    ).toEqual([]);
  });

  test.each([
    ["the chat is gone", "400", "Bad Request: chat not found"],
    ["the topic is closed", "400", "Bad Request: TOPIC_CLOSED"],
    ["the person is deactivated", "403", "Forbidden: user is deactivated"],
  ] as const)(
    "row 36: because %s: a dead letter with the reason, and not one call more",
    async (_, kind, description) => {
      const { telegram, pass, ada, bob, answer, stateOf, steward } = await start();
      const refusal = telegram.faults.next({
        kind,
        description,
        chat: ada.user.id,
        method: ["sendMessage", "editMessageText"],
        times: Number.POSITIVE_INFINITY,
      });
      const dead = answer(ada.chatId, "Nobody will read this.");
      answer(bob.chatId, "But this.");
      await pass(10_000);
      expect(stateOf(dead)).toBe("dead");
      expect(steward.deliveries.get(dead)?.outcomes.at(-1)).toMatchObject({
        error: expect.stringContaining(description) as string,
      });
      expect(bob.shown()).toEqual(["But this."]);
      expect(refusal.struck).toBe(1);
      await pass(HOUR_MS, 10_000);
      expect(refusal.struck).toBe(1);
    },
  );

  test("row 36: because the person has blocked the bot: dead; what comes after they unblock it arrives", async () => {
    const { pass, ada, answer, stateOf } = await start();
    ada.seat.block();
    const dead = answer(ada.chatId, "Nobody will read this.");
    await pass(10_000);
    expect(stateOf(dead)).toBe("dead");
    ada.seat.unblock();
    await pass(1_000);
    answer(ada.chatId, "Welcome back.");
    await pass(10_000);
    expect(ada.shown().at(-1)).toBe("Welcome back.");
  });

  test.each(["html400", "html403", "html404", "html413"] as const)(
    "row 36: but it is a proxy that says it (%s): nothing is lost, polling goes on",
    async (kind) => {
      const { telegram, pass, ada, answer, turnsOf } = await start();
      const proxy = telegram.faults.next({
        kind,
        method: ["sendMessage", "editMessageText", "getUpdates"],
        times: Number.POSITIVE_INFINITY,
      });
      answer(ada.chatId, "Through the proxy.");
      ada.seat.sendText("hello?");
      await pass(600_000, 1_000);
      expect(proxy.struck).toBeGreaterThan(5);
      proxy.cancel();
      await pass(60_000, 1_000);
      expect(ada.shown()[0]).toBe("Through the proxy.");
      expect(turnsOf(ada.chatId)).toHaveLength(2);
    },
  );
});

describe("Telegram is away", () => {
  test.each([1, 25])(
    "row 37: for %i h: every answer waits, comes once, in order, at a pace that Telegram takes",
    async (hours) => {
      const { telegram, clock, pass, ada, bob, answer, steward, lines } = await start();
      await telegram.faults.down();
      const texts = Array.from({ length: 8 }, (_, n) => `Answer ${n}.`);
      const deliveries = texts.flatMap((text) => [answer(ada.chatId, text), answer(bob.chatId, text)]);
      await pass(hours * HOUR_MS, 30_000);
      expect(deliveries.map((id) => steward.deliveries.get(id)?.state)).toEqual(
        deliveries.map(() => "pending"),
      );
      const warnings = lines.filter(({ msg }) => String(msg).includes("for more than a day"));
      // One per delivery that has been tried, not one per attempt: within a chat the others wait behind it.
      expect(warnings).toHaveLength(hours > 24 ? 2 : 0);

      telegram.limits.enable();
      await telegram.faults.up();
      const backAt = clock.now();
      await pass(90_000, 500);
      expect(ada.shown()).toEqual(texts);
      expect(bob.shown()).toEqual(texts);
      expect(deliveries.map((id) => steward.deliveries.get(id)?.state)).toEqual(
        deliveries.map(() => "delivered"),
      );
      const sent = ada
        .calls()
        .filter(({ method, atMs }) => /^(send|edit)Message/.test(method) && atMs >= backAt);
      for (const [index, call] of sent.entries()) {
        const third = sent[index - 3];
        if (third !== undefined) expect(call.atMs - third.atMs).toBeGreaterThanOrEqual(1_000);
      }
      expect(telegram.calls().filter(({ outcome }) => outcome?.ok === false && outcome.code === 429)).toEqual(
        [],
      );
    },
    // Three thousand polls and as many attempts at each delivery.
    180_000,
  );
});

describe("the API is away", () => {
  test("row 41: for 1 h: nothing is confirmed to Telegram, each chat is told once, then all of it comes in order", async () => {
    const { telegram, bot, line, pass, ada, bob, steward, turnsOf } = await start();
    line.isUp = false;
    steward.cutStreams();
    for (const n of [1, 2, 3]) {
      ada.seat.sendText(`a${n}`);
      bob.seat.sendText(`b${n}`);
      await pass(60_000, 1_000);
    }
    await pass(HOUR_MS, 5_000);
    expect(telegram.pendingUpdates(bot)).toHaveLength(6);
    const notice =
      "⚠️ My backend is not answering right now. Your message is safe: I will get to it as soon as it is back.";
    expect([ada.shown(), bob.shown()]).toEqual([[notice], [notice]]);

    line.isUp = true;
    await pass(40_000, 1_000);
    expect(telegram.pendingUpdates(bot)).toEqual([]);
    const prompts = (chatId: string) =>
      steward.rows
        .filter(({ update }) => update.chat?.id === chatId && update.kind === "prompt")
        .map(({ update }) => update.text);
    expect(prompts(ada.chatId)).toEqual(["a1", "a2", "a3"]);
    expect(prompts(bob.chatId)).toEqual(["b1", "b2", "b3"]);
    expect(turnsOf(ada.chatId)).toHaveLength(3);
    expect(ada.shown().filter((text) => text === notice)).toHaveLength(1);
  });
});
