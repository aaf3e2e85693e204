import { ApiError } from "@steward/client/api-error";
import type { Delivery } from "@steward/contract/deliveries";
import { createFakeClock } from "@steward/platform/clock";
import { createSilentLogger } from "@steward/platform/logger";
import { BotApiError, BotNetworkError } from "@steward/telegram/api";
import { createLanes } from "@steward/telegram/lanes";
import { describe, expect, test } from "vitest";
import { deliveryOf, PlaceholderStore, TURN } from "../../test/tiny-steward.ts";
import { cut, refusal, TinyTelegram } from "../../test/tiny-telegram.ts";
import { deliveryKeyboard } from "../outbound/keyboard.ts";
import { createMessenger } from "../outbound/messenger.ts";
import { type DeliveryDeps, performDelivery } from "./perform-delivery.ts";

const LONG = Array.from({ length: 3 }, (_, part) => `PART${part} ${"lorem ipsum ".repeat(300)}`).join("\n\n");
const log = createSilentLogger();

/** One life of the bot's process in front of a Telegram and an API that live on. */
function bornBot(telegram: TinyTelegram, store: PlaceholderStore, more: Partial<DeliveryDeps> = {}) {
  const clock = createFakeClock();
  const lanes = createLanes({ api: telegram.api, clock });
  const deps: DeliveryDeps = {
    messenger: createMessenger({ lanes, clock, log }),
    steward: store,
    keyboardOf: (delivery) => Promise.resolve(deliveryKeyboard(delivery)),
    releaseStatus: () => Promise.resolve(null),
    shownUpTo: 0,
    retryAt: (attempt) => 1_000 * attempt,
    log,
    ...more,
  };
  return {
    deps,
    /** Runs a delivery to its end; the clock runs ahead through every wait. */
    async perform(delivery: Delivery, signal = new AbortController().signal) {
      const work = performDelivery(delivery, deps, signal);
      let ended = false;
      work
        .finally(() => {
          ended = true;
        })
        .catch(() => undefined);
      for (let step = 0; step < 500 && !ended; step++) await clock.advance(250);
      return await work;
    },
  };
}

const start = (more: Partial<DeliveryDeps> = {}) => {
  const telegram = new TinyTelegram();
  const store = new PlaceholderStore();
  return { telegram, store, bot: bornBot(telegram, store, more) };
};

describe("performDelivery", () => {
  test("the answer is edited into the status message, and its buttons with it", async () => {
    const { telegram, bot } = start();
    const { message_id: status } = await telegram.api.call("sendMessage", { chat_id: 77, text: "Working" });
    bot.deps.releaseStatus = () => Promise.resolve({ messageId: status, replaces: null });
    const delivery = deliveryOf({ turnId: TURN, actions: ["retry", "continue", "run_queue"] });
    expect(await bot.perform(delivery)).toEqual({ outcome: "delivered" });
    expect(telegram.shown(77)).toEqual(["The answer."]);
    expect(telegram.in(77)[0]?.buttons).toEqual([`r:${TURN}`, `c:${TURN}`, "q"]);
  });

  test("without a status message a silent placeholder comes first", async () => {
    const { telegram, bot } = start();
    await bot.perform(deliveryOf({ turnId: TURN, replyToMessageId: 7 }));
    expect(telegram.in(77)).toMatchObject([
      { silent: true, texts: ["⏳ One moment…", "The answer."], replyTo: null },
    ]);
  });

  test("what nobody waits for arrives with a sound, below the message it answers", async () => {
    const { telegram, bot } = start();
    await bot.perform(deliveryOf({ kind: "notice", replyToMessageId: 7 }));
    expect(telegram.in(77)).toMatchObject([{ silent: false, replyTo: 7, text: "The answer." }]);
  });

  test("a long answer comes in parts, each in a message of its own, buttons below the last", async () => {
    const { telegram, store, bot } = start();
    const delivery = deliveryOf({ text: LONG, turnId: TURN, actions: ["retry"] });
    expect(await bot.perform(delivery)).toEqual({ outcome: "delivered" });
    const shown = telegram.in(77);
    expect(shown.length).toBe(3);
    expect(shown.map(({ text }) => /PART\d/.exec(text)?.[0])).toEqual(["PART0", "PART1", "PART2"]);
    expect(shown.map(({ buttons }) => buttons.length)).toEqual([0, 0, 1]);
    expect([...store.ids.values()]).toEqual(shown.map(({ id }) => id));
  });

  test("one paragraph that is longer than a message is cut to fit", async () => {
    const { telegram, bot } = start();
    const text = "word ".repeat(820).trim();
    expect(text.length).toBeGreaterThan(4_096);
    expect(await bot.perform(deliveryOf({ text, turnId: TURN }))).toEqual({ outcome: "delivered" });
    expect(telegram.in(77)).toHaveLength(2);
    expect(telegram.shown(77).join(" ").split(/\s+/)).toHaveLength(820);
  });

  test("an answer without text says so", async () => {
    const { telegram, bot } = start();
    await bot.perform(deliveryOf({ text: "  \n" }));
    expect(telegram.shown(77)).toEqual(["(no text in the answer)"]);
  });

  test("whichever placeholder the API knows counts, and ours is taken away", async () => {
    const { telegram, store, bot } = start();
    const first = await telegram.api.call("sendMessage", { chat_id: 77, text: "theirs" });
    const second = await telegram.api.call("sendMessage", { chat_id: 77, text: "ours" });
    bot.deps.releaseStatus = () => Promise.resolve({ messageId: second.message_id, replaces: null });
    const delivery = deliveryOf({ turnId: TURN, placeholderIds: [first.message_id] });
    await store.setDeliveryPlaceholder(delivery.id, 0, first.message_id);
    await bot.perform(delivery);
    expect(telegram.shown(77)).toEqual(["The answer."]);
  });

  test("a status message that has moved to the end of the chat takes the place of the one the API knows", async () => {
    const { telegram, store, bot } = start();
    const moved = await telegram.api.call("sendMessage", { chat_id: 77, text: "Working" });
    const delivery = deliveryOf({ turnId: TURN, placeholderIds: [55] });
    await store.setDeliveryPlaceholder(delivery.id, 0, 55);
    bot.deps.releaseStatus = () => Promise.resolve({ messageId: moved.message_id, replaces: 55 });
    expect(await bot.perform(delivery)).toEqual({ outcome: "delivered" });
    expect(telegram.shown(77)).toEqual(["The answer."]);
    expect([...store.ids.values()]).toEqual([moved.message_id]);
  });

  test("an answer whose place is above the end of the one before it moves below that", async () => {
    const { telegram, bot, store } = start();
    const early = await telegram.api.call("sendMessage", { chat_id: 77, text: "Queued" });
    const other = await telegram.api.call("sendMessage", { chat_id: 77, text: "another answer's last part" });
    const delivery = deliveryOf({ turnId: TURN, placeholderIds: [early.message_id] });
    await store.setDeliveryPlaceholder(delivery.id, 0, early.message_id);
    bot.deps.shownUpTo = other.message_id;
    expect(await bot.perform(delivery)).toEqual({ outcome: "delivered" });
    expect(telegram.shown(77)).toEqual(["another answer's last part", "The answer."]);
  });

  test("a message that a person deleted is replaced by a new one", async () => {
    const { telegram, bot } = start();
    const status = await telegram.api.call("sendMessage", { chat_id: 77, text: "Working" });
    telegram.erase(status.message_id);
    const delivery = deliveryOf({ placeholderIds: [status.message_id] });
    expect(await bot.perform(delivery)).toEqual({ outcome: "delivered" });
    expect(telegram.shown(77)).toEqual(["The answer."]);
  });

  test("formatting that Telegram refuses costs the formatting, not the answer", async () => {
    const { telegram, bot } = start();
    telegram.trouble = ({ method, args }) =>
      method === "editMessageText" && Array.isArray(args.entities) && args.entities.length > 0
        ? { error: refusal(method, 400, "Bad Request: can't parse MessageEntity: …"), accepted: false }
        : null;
    expect(await bot.perform(deliveryOf({ text: "**bold**" }))).toEqual({ outcome: "delivered" });
    expect(telegram.shown(77)).toEqual(["bold"]);
  });

  test.each([
    [403, "Forbidden: bot was blocked by the user"],
    [403, "Forbidden: user is deactivated"],
    [400, "Bad Request: chat not found"],
    [400, "Bad Request: TOPIC_CLOSED"],
    [400, "Bad Request: not enough rights to send text messages to the chat"],
    [400, "Bad Request: have no rights to send a message"],
  ])("%i %s ends the delivery for good", async (code, description) => {
    const { telegram, bot } = start();
    telegram.trouble = ({ method }) => ({ error: refusal(method, code, description), accepted: false });
    expect(await bot.perform(deliveryOf())).toMatchObject({
      outcome: "dead",
      error: expect.stringContaining(description) as string,
    });
    // A sentence about it would be refused like the answer.
    expect(telegram.calls).toHaveLength(1);
  });

  test.each([400, 401, 403, 404, 407, 408, 413])(
    "a proxy's %i is no word of Telegram's: tried again",
    async (status) => {
      const { telegram, bot } = start();
      const facts = {
        reason: "bad_answer",
        status,
        maybeSent: false,
        cause: new Error(`HTTP ${status}`),
      } as const;
      telegram.trouble = ({ method }) => ({
        error: new BotNetworkError({ method, ...facts }),
        accepted: false,
      });
      expect(await bot.perform(deliveryOf())).toMatchObject({ outcome: "retry", retryAt: 1_000 });
      telegram.trouble = () => null;
      expect(await bot.perform(deliveryOf())).toEqual({ outcome: "delivered" });
    },
  );

  describe("in a group that has become a supergroup", () => {
    const moved = (method: string) =>
      new BotApiError({
        method,
        code: 400,
        description: "Bad Request: group chat was upgraded to a supergroup chat",
        migrateToChatId: "-1001",
      });
    const inGroup = (more: Partial<Delivery> = {}) => deliveryOf({ chatId: "-55", turnId: TURN, ...more });
    const upgrade = (telegram: TinyTelegram) => {
      telegram.trouble = ({ method, args }) =>
        args.chat_id === -55 ? { error: moved(method), accepted: false } : null;
    };

    test("nothing is shown, and where it is to go now is said", async () => {
      const { telegram, bot } = start();
      upgrade(telegram);
      const toThere = { outcome: "moved", toChatId: "-1001" };
      expect(await bot.perform(inGroup())).toEqual(toThere);
      expect(await bot.perform(inGroup({ placeholderIds: [8_999], text: LONG }))).toEqual(toThere);
      expect(telegram.in(-55)).toEqual([]);
    });
  });

  describe("an answer of more than three messages", () => {
    const WHOLE = Array.from({ length: 8 }, (_, part) => `PART${part} ${"lorem ipsum ".repeat(300)}`).join(
      "\n\n",
    );
    const documentOf = async (telegram: TinyTelegram): Promise<{ name: string; text: string }> => {
      const call = telegram.calls.findLast(({ method }) => method === "editMessageMedia");
      const { media } = (call?.args.media ?? {}) as { media: { name: string; content: Blob } };
      return { name: media.name, text: await media.content.text() };
    };

    test("is its beginning and a file with all of it, both by edit", async () => {
      const { telegram, store, bot } = start();
      const delivery = deliveryOf({ text: WHOLE, turnId: TURN, actions: ["retry"] });
      expect(await bot.perform(delivery)).toEqual({ outcome: "delivered" });
      const [preview, file, ...more] = telegram.in(77);
      expect(more).toEqual([]);
      expect(preview?.text).toMatch(/^PART0 lorem/);
      expect(preview?.text).toMatch(
        /📄 The answer goes on: all of it is in the file below \(\d+ characters\)\.$/,
      );
      expect(preview?.text.length).toBeLessThanOrEqual(4_096);
      expect(file?.text).toBe("[document]");
      expect(await documentOf(telegram)).toEqual({ name: "answer.md", text: WHOLE });
      expect(store.ids.size).toBe(2);
    });

    test("where no file is taken it comes in messages after all", async () => {
      const { telegram, bot } = start();
      telegram.trouble = ({ method }) =>
        method === "editMessageMedia"
          ? {
              error: refusal(method, 400, "Bad Request: not enough rights to send documents"),
              accepted: false,
            }
          : null;
      expect(await bot.perform(deliveryOf({ text: WHOLE, turnId: TURN }))).toEqual({ outcome: "delivered" });
      expect(telegram.shown(77).map((text) => /PART\d/.exec(text)?.[0])).toEqual(
        Array.from({ length: 8 }, (_, part) => `PART${part}`),
      );
      expect(telegram.shown(77).join()).not.toContain("📄");
    });

    test.each([0, 1, 2, 3].flatMap((point) => [[point, true] as const, [point, false] as const]))(
      "stands there once when the process dies at call %i (it arrived: %s)",
      async (point, accepted) => {
        const { telegram, store, bot } = start();
        const delivery = deliveryOf({ text: WHOLE, turnId: TURN });
        const death = new AbortController();
        telegram.trouble = ({ method }, index) => {
          if (index !== point) return null;
          death.abort();
          return { error: cut(method, "aborted"), accepted };
        };
        await expect(bot.perform(structuredClone(delivery), death.signal)).rejects.toThrow();
        telegram.trouble = () => null;
        const reborn = bornBot(telegram, store);
        expect(await reborn.perform(store.refresh(delivery))).toEqual({ outcome: "delivered" });
        const shown = telegram.shown(77).filter((text) => text !== "⏳ One moment…");
        expect(shown).toEqual([expect.stringMatching(/^PART0/), "[document]"]);
      },
    );
  });

  test("rewritten to fewer messages, none of the older ones is left", async () => {
    const { telegram, store, bot } = start();
    const delivery = deliveryOf({ kind: "approval", text: LONG });
    await bot.perform(delivery);
    expect(telegram.in(77)).toHaveLength(3);
    const ended = { ...store.refresh(delivery), text: "✅ Allowed", revision: 1 };
    expect(await bot.perform(ended)).toEqual({ outcome: "delivered", revision: 1 });
    expect(telegram.shown(77)).toEqual(["✅ Allowed"]);
  });

  test.each([
    [503, "retry"],
    [404, "dead"],
  ])("the API's own %i while a message is being placed: %s", async (status, outcome) => {
    const error = new ApiError({ status, code: "not_found", detail: "no such delivery" });
    const { bot } = start({ steward: { setDeliveryPlaceholder: () => Promise.reject(error) } });
    expect(await bot.perform(deliveryOf())).toMatchObject({ outcome });
  });

  test("a refusal of the content is told in its place", async () => {
    const { telegram, bot } = start();
    telegram.trouble = ({ method, args }) =>
      args.text === "The answer."
        ? { error: refusal(method, 400, "Bad Request: TEXT_CURSED"), accepted: false }
        : null;
    expect(await bot.perform(deliveryOf({ turnId: TURN }))).toMatchObject({ outcome: "dead" });
    expect(telegram.shown(77)).toEqual([
      "⚠️ Telegram refused to show this answer (Bad Request: TEXT_CURSED). It is kept in the history.",
    ]);
  });

  test("a long flood wait puts the delivery off until it is over", async () => {
    const { telegram, bot } = start();
    telegram.trouble = ({ method }) => ({
      error: Object.assign(refusal(method, 429, "Too Many Requests: retry after 600"), {
        retryAfterMs: 600_000,
      }),
      accepted: false,
    });
    const outcome = await bot.perform(deliveryOf());
    expect(outcome).toMatchObject({ outcome: "retry" });
    const waitMs = outcome.outcome === "retry" ? outcome.retryAt - createFakeClock().now() : 0;
    expect(waitMs).toBeGreaterThan(590_000);
    expect(waitMs).toBeLessThan(620_000);
  });

  test("an outage of Telegram puts it off for as long as the caller says", async () => {
    const { telegram, bot } = start();
    telegram.trouble = ({ method }) => ({ error: cut(method), accepted: false });
    expect(await bot.perform(deliveryOf({ attempt: 2 }))).toMatchObject({ outcome: "retry", retryAt: 3_000 });
  });
});

describe("the answer stands there exactly once", () => {
  /** Calls that an undisturbed delivery of LONG takes. */
  const CALLS = 6;
  const points = Array.from({ length: CALLS }, (_, index) => index);

  const expectOnce = (telegram: TinyTelegram): void => {
    for (const mark of ["PART0", "PART1", "PART2"]) {
      expect(telegram.shown(77).filter((text) => text.includes(mark))).toHaveLength(1);
    }
    const rest = telegram.shown(77).filter((text) => !text.includes("PART"));
    expect(new Set(rest)).toEqual(new Set(rest.length === 0 ? [] : ["⏳ One moment…"]));
  };

  test("an undisturbed delivery makes as many calls as this sweep disturbs", async () => {
    const { telegram, bot } = start();
    await bot.perform(deliveryOf({ text: LONG, turnId: TURN }));
    expect(telegram.calls).toHaveLength(CALLS);
    expectOnce(telegram);
  });

  test.each(points)("when call %i arrives but its answer is lost", async (point) => {
    const { telegram, bot } = start();
    telegram.trouble = ({ method }, index) =>
      index === point ? { error: cut(method), accepted: true } : null;
    expect(await bot.perform(deliveryOf({ text: LONG, turnId: TURN }))).toEqual({ outcome: "delivered" });
    expectOnce(telegram);
  });

  test.each(points.flatMap((point) => [[point, false] as const, [point, true] as const]))(
    "when the process dies at call %i (it arrived: %s) and another one goes on",
    async (point, accepted) => {
      const { telegram, store, bot } = start();
      const delivery = deliveryOf({ text: LONG, turnId: TURN });
      const death = new AbortController();
      telegram.trouble = ({ method }, index) => {
        if (index !== point) return null;
        death.abort();
        return { error: cut(method, "aborted"), accepted };
      };
      await expect(bot.perform(structuredClone(delivery), death.signal)).rejects.toThrow();
      telegram.trouble = () => null;
      const reborn = bornBot(telegram, store);
      expect(await reborn.perform(store.refresh(delivery))).toEqual({ outcome: "delivered" });
      expectOnce(telegram);
    },
  );

  test.each([0, 1, 2])(
    "when a person has deleted the first message and the process dies at call %i, having made it",
    async (point) => {
      const { telegram, store, bot } = start();
      const status = await telegram.api.call("sendMessage", { chat_id: 77, text: "Working" });
      const delivery = deliveryOf({ text: "PART0 PART1 PART2", turnId: TURN });
      await store.setDeliveryPlaceholder(delivery.id, 0, status.message_id);
      telegram.erase(status.message_id);
      const death = new AbortController();
      const before = telegram.calls.length;
      telegram.trouble = ({ method }, index) => {
        if (index !== before + point) return null;
        death.abort();
        return { error: cut(method, "aborted"), accepted: true };
      };
      await bot.perform(store.refresh(delivery), death.signal).catch(() => undefined);
      telegram.trouble = () => null;
      const reborn = bornBot(telegram, store);
      expect(await reborn.perform(store.refresh(delivery))).toEqual({ outcome: "delivered" });
      expectOnce(telegram);
    },
  );

  test("when everything had been shown but the API was not told", async () => {
    const { telegram, store, bot } = start();
    const delivery = deliveryOf({ text: LONG, turnId: TURN });
    await bot.perform(structuredClone(delivery));
    expect(await bornBot(telegram, store).perform(store.refresh(delivery))).toEqual({ outcome: "delivered" });
    expectOnce(telegram);
  });
});
