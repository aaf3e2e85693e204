import { createFakeClock } from "@steward/platform/clock";
import { createMemoryLogger } from "@steward/platform/logger";
import { describe, expect, test } from "vitest";
import { createScriptedApi, flood, refusal } from "../../test/scripted-api.ts";
import { BotNetworkError } from "../api/bot-api.ts";
import { createLanes, LaneDeferredError } from "../lanes/lanes.ts";
import { createStatusMessage, type Frame, type StatusMessageDeps } from "./status-message.ts";

const frame = (text: string): Frame => ({ text, entities: [] });

function setUp(
  options: { reply?: Parameters<typeof createScriptedApi>[1] } & Partial<StatusMessageDeps> = {},
) {
  const { reply, ...changes } = options;
  const clock = createFakeClock();
  const api = createScriptedApi(clock, reply);
  const lanes = createLanes({ api, clock });
  const placed: number[] = [];
  const { log, lines } = createMemoryLogger();
  const message = createStatusMessage({
    lanes,
    clock,
    log,
    chatId: "7",
    threadId: "",
    onPlaced: async (id) => {
      placed.push(id);
      return id;
    },
    ...changes,
  });
  const shown = () => api.seen.map(({ method, args, atMs }) => [method, args.text, atMs]);
  return { clock, api, lanes, message, placed, lines, shown };
}

describe("frames", () => {
  test("the first is sent silently, the next are edits of the same message, the newest only", async () => {
    const { clock, api, message, placed, shown } = setUp({ replyToMessageId: 5, threadId: "33" });
    message.update(frame("a"));
    await clock.advance(0);
    for (let i = 0; i < 40; i++) {
      message.update(frame(`b${i}`));
      await clock.advance(50);
    }
    await clock.advance(1000);
    expect(api.seen[0]?.args).toEqual({
      chat_id: "7",
      message_thread_id: 33,
      text: "a",
      entities: [],
      link_preview_options: { is_disabled: true },
      disable_notification: true,
      reply_parameters: { message_id: 5, allow_sending_without_reply: true },
    });
    expect(api.seen[1]?.args).toEqual({
      chat_id: "7",
      message_id: 100,
      text: "b19",
      entities: [],
      link_preview_options: { is_disabled: true },
    });
    expect(placed).toEqual([100]);
    expect(shown()).toEqual([
      ["sendMessage", "a", 0],
      ["editMessageText", "b19", 1000],
      ["editMessageText", "b39", 2000],
    ]);
  });

  test("400 updates in 4 seconds make a handful of calls", async () => {
    const { clock, api, message } = setUp({ messageId: 9 });
    for (let i = 0; i < 400; i++) {
      message.update(frame(`token ${i}`));
      await clock.advance(10);
    }
    await message.final(frame("all of it"));
    expect(api.seen.length).toBeLessThanOrEqual(6);
    expect(api.seen.at(-1)?.args).toMatchObject({ message_id: 9, text: "all of it" });
  });

  test("a message that exists is edited from the start", async () => {
    const { clock, message, placed, shown } = setUp({ messageId: 9 });
    message.update(frame("a"));
    await clock.advance(0);
    expect(shown()).toEqual([["editMessageText", "a", 0]]);
    expect(placed).toEqual([]);
  });

  test("flood control delays the newest frame exactly, and edits are rarer after it", async () => {
    const { clock, message, shown } = setUp({
      messageId: 9,
      reply: ({ method }, index) => {
        if (index === 0) throw flood(method, 7);
      },
    });
    message.update(frame("a"));
    await clock.advance(1000);
    message.update(frame("b"));
    await clock.advance(6000);
    message.update(frame("c"));
    await clock.advance(1499);
    expect(shown()).toEqual([
      ["editMessageText", "a", 0],
      ["editMessageText", "b", 7000],
    ]);
    await clock.advance(1);
    expect(shown().at(-1)).toEqual(["editMessageText", "c", 8500]);
  });

  test("a newer frame that came while one was turned away takes its place", async () => {
    const { clock, message, shown } = setUp({
      messageId: 9,
      reply: async ({ method }, index) => {
        if (index > 0) return;
        await clock.sleep(500);
        throw flood(method, 3);
      },
    });
    message.update(frame("old"));
    await clock.advance(100);
    message.update(frame("new"));
    await clock.advance(10_000);
    expect(shown()).toEqual([
      ["editMessageText", "old", 0],
      ["editMessageText", "new", 3500],
    ]);
  });

  test("stopping waits for the one in flight", async () => {
    const { clock, message } = setUp({ messageId: 9, reply: () => clock.sleep(800) });
    message.update(frame("a"));
    let stoppedAtMs = -1;
    void message.stop().then(() => {
      stoppedAtMs = clock.monotonicMs();
    });
    await clock.advance(5000);
    expect(stoppedAtMs).toBe(800);
  });

  test("a frame that failed is tried again later, a newer one in its place", async () => {
    const { clock, message, shown } = setUp({
      messageId: 9,
      reply: ({ method }, index) => {
        if (index === 0) throw refusal(method, 502, "Bad Gateway");
      },
    });
    message.update(frame("a"));
    await clock.advance(1000);
    message.update(frame("b"));
    await clock.advance(10_000);
    expect(shown()).toEqual([
      ["editMessageText", "a", 0],
      ["editMessageText", "b", 5000],
    ]);
  });

  test.each([
    [400, "Bad Request: message to edit not found"],
    [403, "Forbidden: bot was blocked by the user"],
  ])("after a %i that will not pass, no more are sent", async (code, description) => {
    const { clock, api, message } = setUp({
      messageId: 9,
      reply: ({ method }) => {
        throw refusal(method, code, description);
      },
    });
    message.update(frame("a"));
    await clock.advance(0);
    message.update(frame("b"));
    await clock.advance(60_000);
    expect(api.seen).toHaveLength(1);
  });
});

test("a frame that comes at any moment is shown in the end", async () => {
  for (let depth = 0; depth < 40; depth++) {
    const { clock, message, shown } = setUp({
      messageId: 9,
      reply: ({ args }) => {
        if (args.text !== "first") return;
        let later = Promise.resolve();
        for (let i = 0; i < depth; i++) later = later.then(() => undefined);
        void later.then(() => message.update(frame("last")));
      },
    });
    message.update(frame("first"));
    await clock.advance(10_000);
    expect(shown().at(-1)?.[1], `after ${depth} microtasks`).toBe("last");
  }
});

describe("placing", () => {
  test("that is refused for good is not tried again with every frame", async () => {
    const { clock, api, message } = setUp({
      reply: ({ method }) => {
        throw refusal(method, 400, "Bad Request: TOPIC_CLOSED");
      },
    });
    for (let i = 0; i < 10; i++) {
      message.update(frame(`frame ${i}`));
      await clock.advance(6000);
    }
    expect(api.seen).toHaveLength(1);
  });

  test("content follows only after the id was stored", async () => {
    const clock = createFakeClock();
    const api = createScriptedApi(clock);
    const lanes = createLanes({ api, clock });
    const message = createStatusMessage({
      lanes,
      clock,
      chatId: "7",
      threadId: "",
      onPlaced: async (id) => {
        await clock.sleep(3000);
        return id;
      },
    });
    message.update(frame("a"));
    message.update(frame("b"));
    await clock.advance(2999);
    expect(api.seen).toHaveLength(1);
    await clock.advance(2000);
    expect(api.seen.at(-1)).toMatchObject({ method: "editMessageText", args: { message_id: 100 } });
  });

  test("when storing the id fails, the message is not sent again; storing is repeated", async () => {
    const asked: number[] = [];
    const { clock, api, message } = setUp({
      onPlaced: async (id) => {
        asked.push(id);
        if (asked.length < 3) throw new Error("the API is down");
        return id;
      },
    });
    message.update(frame("a"));
    await clock.advance(20_000);
    expect(asked).toEqual([100, 100, 100]);
    expect(api.seen.filter(({ method }) => method === "sendMessage")).toHaveLength(1);
    expect(message.messageId).toBe(100);
  });

  test("when another message was stored first, that one is used and ours goes away", async () => {
    const { clock, api, message } = setUp({ onPlaced: async () => 42 });
    message.update(frame("a"));
    await clock.advance(0);
    message.update(frame("b"));
    await clock.advance(5000);
    expect(message.messageId).toBe(42);
    expect(api.seen.map(({ method, args }) => [method, args.message_id])).toEqual([
      ["sendMessage", undefined],
      ["deleteMessage", 100],
      ["editMessageText", 42],
    ]);
  });
});

describe("the final content", () => {
  test("waits for the frame in flight, drops the one that waits, and goes ahead of everything else", async () => {
    const { clock, lanes, message, shown } = setUp({
      messageId: 9,
      reply: async ({ args }) => {
        if (args.text === "slow frame") await clock.sleep(2000);
      },
    });
    message.update(frame("slow frame"));
    await clock.advance(100);
    message.update(frame("never shown"));
    void lanes.call("sendMessage", { chat_id: "7", text: "a command's answer" });
    const done = message.final(frame("final"));
    await clock.advance(0);
    expect(shown()).toEqual([["editMessageText", "slow frame", 0]]);
    await clock.advance(5000);
    expect(await done).toBe(9);
    expect(shown().map(([, text]) => text)).not.toContain("never shown");
    expect(shown().filter(([, text]) => text === "final")).toHaveLength(1);
  });

  test("needs no waiting although frames were edited all the time", async () => {
    const { clock, message, shown } = setUp({ messageId: 9 });
    for (let i = 0; i < 100; i++) {
      message.update(frame(`frame ${i}`));
      await clock.advance(100);
    }
    await message.final(frame("final"));
    expect(shown().at(-1)).toEqual(["editMessageText", "final", 10_000]);
  });

  test("without a message there is a neutral placeholder first: a send may double, the answer must not", async () => {
    let lost = true;
    const { clock, message, shown } = setUp({
      reply: ({ method }) => {
        if (method !== "sendMessage" || !lost) return;
        lost = false;
        throw new BotNetworkError({
          method,
          reason: "timeout",
          maybeSent: true,
          cause: new Error("timeout"),
        });
      },
    });
    await expect(message.final(frame("final"))).rejects.toBeInstanceOf(BotNetworkError);
    const done = message.final(frame("final"));
    await clock.advance(1000);
    await done;
    expect(shown().map(([method, text]) => [method, text])).toEqual([
      ["sendMessage", "…"],
      ["sendMessage", "…"],
      ["editMessageText", "final"],
    ]);
  });

  test("of a message that a person deleted comes in a new one", async () => {
    const { clock, message, placed, shown } = setUp({
      messageId: 9,
      reply: ({ method, args }) => {
        if (args.message_id === 9) throw refusal(method, 400, "Bad Request: message to edit not found");
      },
    });
    const done = message.final(frame("final"));
    await clock.advance(0);
    expect(await done).toBe(100);
    expect(placed).toEqual([100]);
    expect(shown().map(([, text]) => text)).toEqual(["final", "…", "final"]);
  });

  test("is shown in the new message even when the store insists on the deleted one", async () => {
    const { clock, api, message } = setUp({
      messageId: 9,
      onPlaced: async () => 9,
      reply: ({ method, args }) => {
        if (args.message_id === 9) throw refusal(method, 400, "Bad Request: message to edit not found");
      },
    });
    const done = message.final(frame("final"));
    await clock.advance(0);
    expect(await done).toBe(100);
    expect(api.seen.map(({ method }) => method)).toEqual([
      "editMessageText",
      "sendMessage",
      "editMessageText",
    ]);
  });

  test("repeated changes nothing", async () => {
    const { clock, api, message } = setUp({ messageId: 9 });
    for (let i = 0; i < 3; i++) {
      const done = message.final(frame("final"));
      await clock.advance(0);
      await done;
    }
    expect(api.seen).toHaveLength(1);
  });

  test("that has to wait minutes says until when", async () => {
    const { clock, message } = setUp({
      messageId: 9,
      reply: ({ method }) => {
        throw flood(method, 126);
      },
    });
    const failure = message.final(frame("final")).catch((error: unknown) => error);
    await clock.advance(0);
    expect(await failure).toBeInstanceOf(LaneDeferredError);
    expect(await failure).toMatchObject({ retryAtMs: clock.now() + 126_000 });
  });

  test("ends the frames: later ones are ignored", async () => {
    const { clock, api, message } = setUp({ messageId: 9 });
    await message.stop();
    message.update(frame("late"));
    await clock.advance(60_000);
    expect(api.seen).toEqual([]);
    expect(clock.pendingTimers()).toBe(0);
  });
});
