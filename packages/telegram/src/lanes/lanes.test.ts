import { getEventListeners } from "node:events";
import { createFakeClock } from "@steward/platform/clock";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createScriptedApi, flood, refusal, type SeenCall } from "../../test/scripted-api.ts";
import { createLanes, LaneClosedError, LaneDeferredError, type LaneLimits, type Priority } from "./lanes.ts";

type Reply = Parameters<typeof createScriptedApi>[1];

function setUp(reply?: Reply, limits: Partial<LaneLimits> = {}) {
  const clock = createFakeClock();
  const api = createScriptedApi(clock, reply);
  const lanes = createLanes({ api, clock, limits });
  const send = (chatId: number, text: string, priority: Priority = "command") =>
    lanes.call("sendMessage", { chat_id: chatId, text }, { priority });
  const edit = (chatId: number, messageId: number, text: string) =>
    lanes.offer("editMessageText", { chat_id: chatId, message_id: messageId, text });
  return { clock, api, lanes, send, edit };
}

const textsOf = (calls: readonly SeenCall[]): unknown[] => calls.map(({ args }) => args.text);
const timesOf = (calls: readonly SeenCall[]): number[] => calls.map(({ atMs }) => atMs);

/** The outcome of a promise that is not awaited yet. */
function watch<Value>(work: Promise<Value>): { value?: Value; error?: unknown; settled: boolean } {
  const seen: { value?: Value; error?: unknown; settled: boolean } = { settled: false };
  work.then(
    (value) => Object.assign(seen, { value, settled: true }),
    (error: unknown) => Object.assign(seen, { error, settled: true }),
  );
  return seen;
}

describe("pace", () => {
  test("a chat takes a short burst, then about one call a second", async () => {
    const { clock, api, send } = setUp();
    for (let i = 0; i < 6; i++) void send(1, `m${i}`);
    await clock.advance(10_000);
    expect(timesOf(api.seen)).toEqual([0, 0, 0, 1050, 2100, 3150]);
    expect(textsOf(api.seen)).toEqual(["m0", "m1", "m2", "m3", "m4", "m5"]);
  });

  test("a group takes at most 20 in any minute", async () => {
    const { clock, api, send } = setUp(undefined, { maxWaitMs: 300_000 });
    const results = Array.from({ length: 30 }, (_, i) => watch(send(-100, `m${i}`)));
    await clock.advance(130_000);
    const times = timesOf(api.seen);
    for (const start of times) {
      expect(times.filter((at) => at >= start && at < start + 60_000).length).toBeLessThanOrEqual(20);
    }
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(api.seen).toHaveLength(30);
  });

  test("all chats together get at most 30 calls in any second, each chat its turn", async () => {
    const { clock, api, send } = setUp();
    for (let round = 0; round < 3; round++) {
      for (let chat = 1; chat <= 40; chat++) void send(chat, `round ${round}`);
    }
    await clock.advance(20_000);
    const times = timesOf(api.seen);
    expect(times).toHaveLength(120);
    for (const start of times) {
      expect(times.filter((at) => at >= start && at < start + 1000).length).toBeLessThanOrEqual(30);
    }
    // Everybody's first message goes out before anybody's second.
    expect(new Set(api.seen.slice(0, 40).map(({ args }) => args.chat_id)).size).toBe(40);
  });

  test("a busy chat does not delay another one", async () => {
    const { clock, api, send } = setUp();
    for (let i = 0; i < 20; i++) void send(1, `busy ${i}`);
    await clock.advance(500);
    void send(2, "hello");
    await clock.advance(0);
    expect(api.seen.at(-1)).toMatchObject({ args: { chat_id: 2 }, atMs: 500 });
  });

  test("an album counts as its items", async () => {
    const { clock, api, lanes, send } = setUp();
    const media = Array.from({ length: 3 }, () => ({ type: "photo" as const, media: "file-id" }));
    void lanes.call("sendMediaGroup", { chat_id: 1, media });
    void send(1, "after");
    await clock.advance(5000);
    expect(timesOf(api.seen)).toEqual([0, 1050]);
  });

  test("calls without a chat, and reads, pass straight through", async () => {
    const { clock, api, lanes, send } = setUp();
    for (let i = 0; i < 40; i++) void send(i + 1, "fill the budget");
    void lanes.call("answerCallbackQuery", { callback_query_id: "1" });
    void lanes.call("getChat", { chat_id: 1 });
    await clock.advance(0);
    expect(api.seen.map(({ method }) => method)).toContain("answerCallbackQuery");
    expect(api.seen.map(({ method }) => method)).toContain("getChat");
  });
});

describe("order", () => {
  test("one call of a chat is in flight at a time", async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { clock, api, send } = setUp(async (_, index) => {
      if (index === 0) await held;
    });
    void send(1, "first");
    void send(1, "second");
    void send(2, "elsewhere");
    await clock.advance(5000);
    expect(textsOf(api.seen)).toEqual(["first", "elsewhere"]);
    release();
    await clock.advance(0);
    expect(textsOf(api.seen)).toEqual(["first", "elsewhere", "second"]);
  });

  test("finals and approvals overtake commands, each in its own order", async () => {
    const { clock, api, send } = setUp();
    for (let i = 0; i < 3; i++) void send(1, `burst ${i}`);
    await clock.advance(0);
    void send(1, "command 1");
    void send(1, "final 1", "final");
    void send(1, "command 2");
    void send(1, "approval 2", "approval");
    void send(1, "final 3", "final");
    await clock.advance(10_000);
    expect(textsOf(api.seen.slice(3))).toEqual([
      "final 1",
      "approval 2",
      "final 3",
      "command 1",
      "command 2",
    ]);
  });

  test("whatever is sent in whatever order, each chat keeps the order of its priority and loses nothing", async () => {
    const call = fc.record({
      chat: fc.constantFrom(1, 2, -100),
      priority: fc.constantFrom<Priority>("final", "approval", "command"),
      pauseMs: fc.nat({ max: 3000 }),
      floods: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 25 }), async (calls) => {
        const flooded = new Set<unknown>();
        const floodOnce = ({ args, method }: SeenCall): void => {
          const index = Number(args.text);
          if (calls[index]?.floods !== true || flooded.has(index)) return;
          flooded.add(index);
          throw flood(method, 2);
        };
        const { clock, api, lanes } = setUp(floodOnce, { maxWaitMs: 600_000 });
        const results = [];
        for (const [index, { chat, priority, pauseMs }] of calls.entries()) {
          results.push(
            watch(lanes.call("sendMessage", { chat_id: chat, text: String(index) }, { priority })),
          );
          await clock.advance(pauseMs);
        }
        await clock.advance(600_000);
        expect(results.every(({ value }) => value !== undefined)).toBe(true);
        for (const chat of [1, 2, -100]) {
          for (const urgent of [true, false]) {
            const arrived = api.seen
              .map(({ args }) => Number(args.text))
              .filter((index) => calls[index]?.chat === chat)
              .filter((index) => (calls[index]?.priority !== "command") === urgent)
              // A flooded call arrives twice; the second time counts.
              .filter((index, at, all) => all.lastIndexOf(index) === at);
            expect(arrived).toEqual([...arrived].sort((a, b) => a - b));
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("flood control", () => {
  test("holds the whole chat for exactly as long as it says, and nobody else", async () => {
    const { clock, api, lanes, send } = setUp(({ method, args }, index) => {
      if (index === 0) throw flood(method, args.chat_id === 1 ? 30 : 0);
    });
    const first = watch(send(1, "first", "final"));
    const second = watch(send(1, "second"));
    const reaction = watch(lanes.call("setMessageReaction", { chat_id: 1, message_id: 5 }));
    const other = watch(send(2, "other"));
    await clock.advance(29_999);
    expect([other.settled, first.settled, second.settled, reaction.settled]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(api.seen).toHaveLength(2);
    await clock.advance(1);
    expect(api.seen.at(2)).toMatchObject({ args: { text: "first" }, atMs: 30_000 });
    await clock.advance(5000);
    expect([first.error, second.error, reaction.error]).toEqual([undefined, undefined, undefined]);
    expect(api.seen).toHaveLength(5);
  });

  test("longer than a minute hands everything back with the time to come back", async () => {
    const { clock, api, send } = setUp(({ method }, index) => {
      if (index === 0) throw flood(method, 126);
    });
    const first = watch(send(1, "first", "final"));
    const second = watch(send(1, "second", "final"));
    await clock.advance(0);
    const retryAtMs = clock.now() + 126_000;
    for (const { error } of [first, second]) {
      expect(error).toBeInstanceOf(LaneDeferredError);
      expect(error).toMatchObject({ retryAtMs });
    }
    await clock.advance(60_000);
    const early = watch(send(1, "still too early", "final"));
    await clock.advance(0);
    expect(early.error).toMatchObject({ retryAtMs });
    await clock.advance(6001);
    const late = watch(send(1, "a minute is left"));
    await clock.advance(60_000);
    expect(late.value).toBeDefined();
    expect(textsOf(api.seen)).toEqual(["first", "a minute is left"]);
  });

  test("what would wait longer than a minute for its turn is handed back too, in one piece", async () => {
    const { clock, send } = setUp();
    const results = Array.from({ length: 90 }, (_, i) => watch(send(-100, `m${i}`)));
    await clock.advance(200_000);
    const deferred = results.map(({ error }) => error instanceof LaneDeferredError);
    expect(results.every(({ settled }) => settled)).toBe(true);
    expect(deferred.indexOf(true)).toBeGreaterThanOrEqual(20);
    expect(deferred.slice(deferred.indexOf(true)).every(Boolean)).toBe(true);
  });

  test("without a time it waits a few seconds", async () => {
    const { clock, api, send } = setUp(({ method }, index) => {
      if (index === 0) throw refusal(method, 429, "Too Many Requests");
    });
    void send(1, "x");
    await clock.advance(10_000);
    expect(timesOf(api.seen)).toEqual([0, 5000]);
  });

  test("slows the edits of its chat down for a while", async () => {
    const { clock, lanes, send } = setUp(({ method }, index) => {
      if (index === 0) throw flood(method, 1);
    });
    expect(lanes.editIntervalMs(1, 0)).toBe(1000);
    void send(1, "x");
    await clock.advance(2000);
    expect(lanes.editIntervalMs(1, 0)).toBe(1500);
    expect(lanes.editIntervalMs(2, 0)).toBe(1000);
    await clock.advance(300_000);
    expect(lanes.editIntervalMs(1, 0)).toBe(1000);
  });
});

test("many other chats do not make it forget that one of them has to wait", async () => {
  const { clock, api, send } = setUp(({ method, args }) => {
    if (args.chat_id === 1 && clock.monotonicMs() < 55_000) throw flood(method, 55);
  });
  const first = watch(send(1, "first"));
  for (let chat = 1000; chat < 2100; chat++) {
    await send(chat, "hello");
    await clock.advance(45);
  }
  expect(first.settled).toBe(false);
  void send(1, "second");
  await clock.advance(8000);
  expect(
    api.seen.filter(({ args }) => args.chat_id === 1).map(({ args, atMs }) => [args.text, atMs]),
  ).toEqual([
    ["first", 0],
    ["first", 55_000],
    ["second", 55_000],
  ]);
});

describe("progress", () => {
  test("goes out at once when there is room, else it is dropped and told when to come back", async () => {
    const { clock, api, edit } = setUp();
    const outcomes = [];
    for (let i = 0; i < 4; i++) outcomes.push(await edit(1, 9, `frame ${i}`));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["sent", "sent", "dropped", "dropped"]);
    expect(outcomes[3]).toEqual({ outcome: "dropped", retryAfterMs: 1050 });
    await clock.advance(1050);
    expect((await edit(1, 9, "later")).outcome).toBe("sent");
    expect(textsOf(api.seen)).toEqual(["frame 0", "frame 1", "later"]);
  });

  test("always leaves room for a final answer, in a group as well", async () => {
    for (const chat of [1, -100]) {
      const { clock, api, edit, send } = setUp();
      for (let i = 0; i < 200; i++) {
        await edit(chat, 9, `frame ${i}`);
        await clock.advance(250);
      }
      const startMs = clock.monotonicMs();
      const final = watch(send(chat, "final", "final"));
      await clock.advance(0);
      expect(final.settled).toBe(true);
      expect(clock.monotonicMs()).toBe(startMs);
      expect(api.seen.length).toBeGreaterThan(10);
    }
  });

  test("is dropped while anything else of the chat waits or is in flight", async () => {
    const { clock, api, edit, send } = setUp(async ({ args }) => {
      if (args.text === "slow") await clock.sleep(400);
    });
    void send(1, "slow");
    await clock.advance(100);
    expect((await edit(1, 9, "frame")).outcome).toBe("dropped");
    await clock.advance(300);
    expect((await edit(1, 9, "frame")).outcome).toBe("sent");
    expect(textsOf(api.seen)).toEqual(["slow", "frame"]);
  });

  test("in flight holds an answer back only until it has landed", async () => {
    const { clock, api, edit, send } = setUp(async ({ args }) => {
      if (args.text === "frame") await clock.sleep(400);
    });
    void edit(1, 9, "frame");
    void send(1, "final", "final");
    await clock.advance(5000);
    expect(api.seen.map(({ args, atMs }) => [args.text, atMs])).toEqual([
      ["frame", 0],
      ["final", 400],
    ]);
  });

  test("of any kind is dropped while an answer waits, even if it would cost the chat nothing", async () => {
    const { clock, lanes, send } = setUp();
    for (let i = 0; i < 5; i++) void send(1, `m${i}`);
    await clock.advance(0);
    const typing = () => lanes.offer("sendChatAction", { chat_id: 1, action: "typing" });
    expect((await typing()).outcome).toBe("dropped");
    await clock.advance(5000);
    expect((await typing()).outcome).toBe("sent");
  });

  test("does not use up what the whole bot needs for answers", async () => {
    const { clock, api, edit, send } = setUp();
    for (let chat = 1; chat <= 60; chat++) await edit(chat, 9, "frame");
    expect(api.seen).toHaveLength(25);
    for (let chat = 101; chat <= 105; chat++) void send(chat, "final", "final");
    await clock.advance(0);
    expect(api.seen).toHaveLength(30);
  });

  test("a 429 drops it and holds its chat", async () => {
    const { clock, api, edit, send } = setUp(({ method }, index) => {
      if (index === 0) throw flood(method, 20);
    });
    expect(await edit(1, 9, "frame")).toEqual({ outcome: "dropped", retryAfterMs: 20_000 });
    const final = watch(send(1, "final", "final"));
    await clock.advance(19_999);
    expect(final.settled).toBe(false);
    await clock.advance(1);
    expect(final.value).toBeDefined();
    expect(textsOf(api.seen)).toEqual(["frame", "final"]);
  });

  test("other failures are the caller's", async () => {
    const { edit } = setUp(({ method }) => {
      throw refusal(method, 400, "Bad Request: message to edit not found");
    });
    await expect(edit(1, 9, "frame")).rejects.toMatchObject({ code: 400 });
  });
});

describe("edits", () => {
  test("to what a message already shows cost no call", async () => {
    const { clock, api, lanes, edit } = setUp();
    const sent = await lanes.call("sendMessage", { chat_id: 1, text: "a", disable_notification: true });
    expect((await edit(1, sent.message_id, "a")).outcome).toBe("unchanged");
    expect((await edit(1, sent.message_id, "b")).outcome).toBe("sent");
    await lanes.call("editMessageText", { chat_id: 1, message_id: sent.message_id, text: "b" });
    expect((await edit(1, sent.message_id, "a")).outcome).toBe("dropped");
    await clock.advance(2100);
    expect((await edit(1, sent.message_id, "a")).outcome).toBe("sent");
    expect(textsOf(api.seen)).toEqual(["a", "b", "a"]);
  });

  test("differ by buttons and entities as well", async () => {
    const { clock, api, lanes } = setUp();
    const args = { chat_id: 1, message_id: 9, text: "a" };
    const entities = [{ type: "bold" as const, offset: 0, length: 1 }];
    for (const extra of [{}, { entities }, { reply_markup: { inline_keyboard: [] } }, {}]) {
      void lanes.call("editMessageText", { ...args, ...extra });
    }
    await clock.advance(10_000);
    expect(api.seen).toHaveLength(4);
  });

  test("that change nothing on the server succeed", async () => {
    const { api, lanes } = setUp(({ method }) => {
      throw refusal(method, 400, "Bad Request: message is not modified: specified new message content and …");
    });
    const args = { chat_id: 1, message_id: 9, text: "same" };
    expect(await lanes.call("editMessageText", args)).toBe(true);
    expect(await lanes.call("editMessageText", args)).toBe(true);
    expect(api.seen).toHaveLength(1);
  });

  test("after a failure, or after another method changed the message, nothing is assumed", async () => {
    const { clock, api, lanes } = setUp(({ method }, index) => {
      if (index === 1) throw refusal(method, 502, "Bad Gateway");
    });
    const args = { chat_id: 1, message_id: 9, text: "a" };
    await lanes.call("editMessageText", args);
    await lanes.call("editMessageText", { ...args, text: "b" }).catch(() => undefined);
    await lanes.call("editMessageText", args);
    void lanes.call("editMessageReplyMarkup", { chat_id: 1, message_id: 9 });
    void lanes.call("editMessageText", args);
    await clock.advance(10_000);
    expect(api.seen).toHaveLength(5);
  });
});

test("a message for a topic that was deleted goes to the chat itself", async () => {
  const { api, lanes } = setUp(({ method, args }) => {
    if (args.message_thread_id !== undefined)
      throw refusal(method, 400, "Bad Request: message thread not found");
  });
  await lanes.call("sendMessage", { chat_id: -1, message_thread_id: 5, text: "answer" });
  expect(api.seen.map(({ args }) => args)).toEqual([
    { chat_id: -1, message_thread_id: 5, text: "answer" },
    { chat_id: -1, text: "answer" },
  ]);
});

describe("formatting that is refused", () => {
  test("is sent again as plain text, once", async () => {
    const { api, lanes } = setUp(({ method, args }) => {
      if (args.entities !== undefined)
        throw refusal(method, 400, "Bad Request: can't parse MessageEntity: bad");
    });
    const entities = [{ type: "bold" as const, offset: 0, length: 1 }];
    await lanes.call("sendMessage", { chat_id: 1, text: "answer", entities });
    expect(api.seen.map(({ args }) => args)).toEqual([
      { chat_id: 1, text: "answer", entities },
      { chat_id: 1, text: "answer" },
    ]);
  });

  test("other refusals, and text without formatting, are not", async () => {
    const { api, lanes } = setUp(({ method }) => {
      throw refusal(method, 400, "Bad Request: chat not found");
    });
    const entities = [{ type: "bold" as const, offset: 0, length: 1 }];
    await expect(lanes.call("sendMessage", { chat_id: 1, text: "x", entities })).rejects.toThrow(
      "chat not found",
    );
    expect(api.seen).toHaveLength(1);
  });
});

describe("leaving", () => {
  test("an aborted call gives up its place; one in flight gets the signal", async () => {
    const { clock, api, lanes, send } = setUp();
    for (let i = 0; i < 3; i++) void send(1, `burst ${i}`);
    const controller = new AbortController();
    const waiting = watch(
      lanes.call("sendMessage", { chat_id: 1, text: "never" }, { signal: controller.signal }),
    );
    const behind = watch(send(1, "behind"));
    controller.abort(new Error("stop"));
    await clock.advance(5000);
    expect(waiting.error).toMatchObject({ message: "stop" });
    expect(behind.value).toBeDefined();
    expect(textsOf(api.seen)).not.toContain("never");
  });

  test("a settled call leaves no listener on its signal", async () => {
    const { lanes } = setUp();
    const { signal } = new AbortController();
    await lanes.call("sendMessage", { chat_id: 1, text: "x" }, { signal });
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  test("closing refuses what waits and what comes, and sets no more alarms", async () => {
    const { clock, api, lanes, send, edit } = setUp();
    const results = Array.from({ length: 5 }, (_, i) => watch(send(1, `m${i}`)));
    await clock.advance(0);
    lanes.close();
    await clock.advance(60_000);
    expect(results.map(({ error }) => error instanceof LaneClosedError)).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
    expect(api.seen).toHaveLength(3);
    await expect(send(1, "late")).rejects.toBeInstanceOf(LaneClosedError);
    expect((await edit(1, 9, "late")).outcome).toBe("dropped");
    expect(clock.pendingTimers()).toBe(0);
  });
});
