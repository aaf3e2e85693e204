import { createClient } from "@steward/client/client";
import { createSystemClock } from "@steward/platform/clock";
import { createSilentLogger } from "@steward/platform/logger";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type FakeSteward, STEWARD_TOKEN, startFakeSteward } from "../../test/fake-steward.ts";
import { BOT } from "../../test/tiny-steward.ts";
import { FrontEndLink, type Present } from "./front-end-link.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Resolves when `look` is true; asked again after each thing that happens. */
function witness() {
  const waiting: { look: () => boolean; resolve: () => void }[] = [];
  return {
    happened(): void {
      for (const wait of waiting) if (wait.look()) wait.resolve();
    },
    until: (look: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        if (look()) resolve();
        else waiting.push({ look, resolve });
      }),
  };
}

async function start(prepare: (steward: FakeSteward) => void = () => undefined) {
  const steward = await startFakeSteward();
  prepare(steward);
  const presents: Present[] = [];
  const events: string[] = [];
  const { happened, until } = witness();
  const link = new FrontEndLink({
    client: createClient({ baseUrl: steward.server.url, token: STEWARD_TOKEN }),
    botId: BOT,
    holder: "11111111-1111-4111-8111-111111111111",
    listener: {
      present: (present) => {
        presents.push(present);
        happened();
      },
      event: (event) => {
        events.push(event.type);
        happened();
        if (event.type === "delivery") throw new Error("a defect in dealing with it");
      },
    },
    clock: createSystemClock(),
    log: createSilentLogger(),
  });
  const stop = new AbortController();
  const followed = link.follow(stop.signal);
  stops.push(async () => {
    stop.abort();
    await followed;
    await steward.close();
  });
  await until(() => presents.length === 1);
  return { steward, presents, events, until, link };
}

describe("FrontEndLink", () => {
  test("hands the present over whole, and then what happens", async () => {
    const { steward, presents, events, until } = await start((api) => {
      api.allow(BOT, "77", 1);
      api.openTurn({ botId: BOT, chatId: "77" });
      api.deliver({ botId: BOT, chatId: "77", text: "hi" });
      api.openTurn({ botId: "another", chatId: "1" });
    });
    expect(presents[0]).toMatchObject({
      access: [{ userId: "77" }],
      turns: [{ chatId: "77" }],
      deliveries: [{ text: "hi" }],
      updates: [],
    });
    steward.openTurn({ botId: BOT, chatId: "78" });
    await until(() => events.includes("turn_opened"));
  });

  test("an event that cannot be dealt with does not end the stream", async () => {
    const { steward, events, until } = await start();
    steward.deliver({ botId: BOT, chatId: "77", text: "hi" });
    steward.openTurn({ botId: BOT, chatId: "78" });
    await until(() => events.includes("turn_opened"));
    expect(events).toEqual(["delivery", "turn_opened"]);
  });

  test("after a loss it comes back by itself and brings the present again", async () => {
    const { steward, presents, until } = await start();
    steward.allow(BOT, "77", 1);
    steward.cutStreams();
    await until(() => presents.length === 2);
    expect(presents[1]?.access).toHaveLength(1);
  });

  test("told that the API is back, it does not wait any longer", async () => {
    const { steward, presents, until, link } = await start();
    steward.server.mode = "refuse";
    steward.cutStreams();
    // Some attempts have failed by then, and the pause between them has grown.
    await vi.waitFor(() => expect(steward.server.refused).toBeGreaterThanOrEqual(2), { timeout: 10_000 });
    steward.server.mode = "up";
    const cameBackAt = performance.now();
    link.reconnect();
    await until(() => presents.length === 2);
    expect(performance.now() - cameBackAt).toBeLessThan(1_000);
  });
});
