import { createFakeClock } from "@steward/platform/clock";
import { createSilentLogger } from "@steward/platform/logger";
import { describe, expect, test } from "vitest";
import { cut, refusal, TinyTelegram } from "../../test/tiny-telegram.ts";
import { publishMenu } from "./publish-menu.ts";

function start(trouble: TinyTelegram["trouble"]) {
  const clock = createFakeClock();
  const telegram = new TinyTelegram();
  telegram.trouble = trouble;
  const stop = new AbortController();
  const deps = { api: telegram.api, clock, log: createSilentLogger(), signal: stop.signal };
  return { clock, telegram, stop, work: publishMenu(deps) };
}

describe("the command menu", () => {
  test("is published in both languages, in both scopes", async () => {
    const { telegram, work } = start(() => null);
    await work;
    expect(
      telegram.calls.map(({ args }) => [args.language_code, (args.scope as { type: string }).type]),
    ).toEqual([
      [undefined, "default"],
      [undefined, "all_private_chats"],
      ["zh", "default"],
      ["zh", "all_private_chats"],
    ]);
  });

  test("is tried until it holds, an hour of outage long, with growing pauses", async () => {
    let isDown = true;
    const { clock, telegram, work } = start(({ method }) =>
      isDown ? { error: cut(method), accepted: false } : null,
    );
    await clock.advance(3_600_000);
    expect(telegram.calls.length).toBeLessThan(30);
    isDown = false;
    await clock.advance(300_000);
    await work;
    expect(telegram.calls.slice(-4).map(({ args }) => args.language_code)).toEqual([
      undefined,
      undefined,
      "zh",
      "zh",
    ]);
  });

  test("waits as long as a flood wait says", async () => {
    const flood = Object.assign(refusal("setMyCommands", 429, "Too Many Requests"), {
      retryAfterMs: 700_000,
    });
    const { clock, telegram } = start((_, index) => (index === 0 ? { error: flood, accepted: false } : null));
    await clock.advance(699_000);
    expect(telegram.calls).toHaveLength(1);
    await clock.advance(2_000);
    expect(telegram.calls).toHaveLength(5);
  });

  test("is given up when Telegram refuses it for what it holds", async () => {
    const tooMuch = refusal("setMyCommands", 400, "Bad Request: BOT_COMMANDS_TOO_MUCH");
    const { telegram, work } = start(() => ({ error: tooMuch, accepted: false }));
    await work;
    expect(telegram.calls).toHaveLength(1);
  });

  test("ends with the bot", async () => {
    const { clock, stop, work } = start(({ method }) => ({ error: cut(method), accepted: false }));
    await clock.advance(1_000);
    stop.abort();
    await work;
    expect(clock.pendingTimers()).toBe(0);
  });
});
