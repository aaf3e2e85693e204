import { createFakeClock } from "@steward/platform/clock";
import { createSilentLogger } from "@steward/platform/logger";
import { describe, expect, test } from "vitest";
import { cut, refusal, TinyTelegram } from "../../test/tiny-telegram.ts";
import type { CommandMenu } from "./command-menus.ts";
import { MenuPublisher } from "./menu-publisher.ts";

const menu = (type: "default" | "all_private_chats", command = "new"): CommandMenu => ({
  scope: { type },
  commands: [{ command, description: "Start anew" }],
});
const MENUS = [menu("default"), menu("all_private_chats")];

function start(trouble: TinyTelegram["trouble"]) {
  const clock = createFakeClock();
  const telegram = new TinyTelegram();
  telegram.trouble = trouble;
  const stop = new AbortController();
  const deps = { api: telegram.api, clock, log: createSilentLogger(), signal: stop.signal };
  const publisher = new MenuPublisher(deps);
  publisher.want(MENUS);
  return { clock, telegram, stop, publisher };
}
const scopes = (telegram: TinyTelegram): unknown[] =>
  telegram.calls.map(({ args }) => (args.scope as { type: string }).type);

describe("the command menus", () => {
  test("are published one after the other, and again only where they have changed", async () => {
    const { telegram, publisher } = start(() => null);
    await publisher.idle();
    expect(scopes(telegram)).toEqual(["default", "all_private_chats"]);
    publisher.want(MENUS);
    publisher.want([menu("default"), menu("all_private_chats", "deploy")]);
    await publisher.idle();
    expect(scopes(telegram)).toEqual(["default", "all_private_chats", "all_private_chats"]);
    expect(telegram.calls.at(-1)?.args.commands).toEqual([{ command: "deploy", description: "Start anew" }]);
  });

  test("are tried until they hold, an hour of outage long, with growing pauses", async () => {
    let isDown = true;
    const { clock, telegram, publisher } = start(({ method }) =>
      isDown ? { error: cut(method), accepted: false } : null,
    );
    await clock.advance(3_600_000);
    expect(telegram.calls.length).toBeLessThan(30);
    isDown = false;
    await clock.advance(300_000);
    await publisher.idle();
    expect(scopes(telegram).slice(-2)).toEqual(["default", "all_private_chats"]);
  });

  test("wait as long as a flood wait says", async () => {
    const flood = Object.assign(refusal("setMyCommands", 429, "Too Many Requests"), {
      retryAfterMs: 700_000,
    });
    const { clock, telegram } = start((_, index) => (index === 0 ? { error: flood, accepted: false } : null));
    await clock.advance(699_000);
    expect(telegram.calls).toHaveLength(1);
    await clock.advance(2_000);
    expect(telegram.calls).toHaveLength(3);
  });

  test("that are refused for what they hold are given up, and the others published", async () => {
    const tooMuch = refusal("setMyCommands", 400, "Bad Request: BOT_COMMANDS_TOO_MUCH");
    const { telegram, publisher } = start((_, index) =>
      index === 0 ? { error: tooMuch, accepted: false } : null,
    );
    await publisher.idle();
    expect(scopes(telegram)).toEqual(["default", "all_private_chats"]);
  });

  test("end with the bot", async () => {
    const { clock, stop, publisher } = start(({ method }) => ({ error: cut(method), accepted: false }));
    await clock.advance(1_000);
    stop.abort();
    await publisher.idle();
    expect(clock.pendingTimers()).toBe(0);
  });
});
