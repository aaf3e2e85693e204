import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createFakeClock } from "@steward/platform/clock";
import { describe, expect, onTestFinished, test } from "vitest";
import type { BotReply } from "./bot-client.ts";
import { startFixture } from "./fixture.ts";

const CONFLICT =
  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
const ids = (reply: BotReply): number[] =>
  reply.result.map((update: { update_id: number }) => update.update_id);
const texts = (reply: BotReply): string[] =>
  reply.result.map((update: { message?: { text: string } }) => update.message?.text);

describe("getUpdates", () => {
  test("updates are handed out again until a higher offset confirms them", async () => {
    const { call, dm } = await startFixture();
    dm.sendText("two");
    const first = await call("getUpdates", { timeout: 50 });
    const second = await call("getUpdates", { offset: ids(first)[0] });
    expect(texts(first)).toEqual(["hello", "two"]);
    expect(ids(second)).toEqual(ids(first));
    const third = await call("getUpdates", { offset: (ids(first)[0] ?? 0) + 1 });
    expect(texts(third)).toEqual(["two"]);
  });

  test("limit cuts, a negative offset keeps only the last ones", async () => {
    const { call, dm } = await startFixture();
    for (const text of ["two", "three", "four"]) dm.sendText(text);
    expect(texts(await call("getUpdates", { limit: 2 }))).toEqual(["hello", "two"]);
    expect(texts(await call("getUpdates", { offset: -2 }))).toEqual(["three", "four"]);
    expect(texts(await call("getUpdates", { offset: 1 }))).toEqual(["three", "four"]);
    // The same offset again within half a second: one at a time.
    expect(texts(await call("getUpdates", { offset: 1 }))).toEqual(["three"]);
  });

  test("a long poll wakes up when something is said, an album arrives in one go", async () => {
    const { call, dm, telegram, bot } = await startFixture();
    const [{ update_id: seen } = { update_id: 0 }] = telegram.pendingUpdates(bot);
    const poll = call("getUpdates", { offset: seen + 1, timeout: 50 });
    await telegram.waitFor(() => telegram.isPolling(bot), { describe: "the poll" });
    dm.sendAlbum([
      { kind: "photo", file: { data: "one" }, caption: "both" },
      { kind: "photo", file: { data: "two" } },
    ]);
    const { result } = await poll;
    expect(result).toHaveLength(2);
    expect(result[0].message.media_group_id).toBe(result[1].message.media_group_id);
  });

  test("a long poll ends empty after its timeout", async () => {
    const clock = createFakeClock();
    const { call, telegram, bot } = await startFixture({ clock });
    const offset = (telegram.pendingUpdates(bot)[0]?.update_id ?? 0) + 1;
    const poll = call("getUpdates", { offset, timeout: 50 });
    await telegram.waitFor(() => telegram.isPolling(bot));
    await clock.advance(50_000);
    expect(await poll).toEqual({ ok: true, result: [] });
  });

  test("a second poller ends the older request with 409; the third conflict within 3 s is held back", async () => {
    const clock = createFakeClock();
    const { call, telegram, bot } = await startFixture({ clock });
    const offset = (telegram.pendingUpdates(bot)[0]?.update_id ?? 0) + 1;
    const poll = async () => {
      const before = telegram.calls(bot, { method: "getUpdates" }).length;
      const reply = call("getUpdates", { offset, timeout: 50 });
      await telegram.waitFor(() => telegram.calls(bot, { method: "getUpdates" }).length > before);
      return { reply };
    };
    const first = await poll();
    const second = await poll();
    expect(await first.reply).toEqual({ ok: false, error_code: 409, description: CONFLICT });
    const third = await poll();
    let held = true;
    void second.reply.then(() => {
      held = false;
    });
    await clock.advance(2999);
    expect(held).toBe(true);
    await clock.advance(1);
    expect((await second.reply).error_code).toBe(409);
    await clock.advance(60_000);
    expect((await third.reply).ok).toBe(true);
  });

  test("a poll whose client has gone is forgotten and loses nothing", async () => {
    const { call, dm, telegram, bot } = await startFixture();
    const offset = (telegram.pendingUpdates(bot)[0]?.update_id ?? 0) + 1;
    const gone = new AbortController();
    const poll = call("getUpdates", { offset, timeout: 50 }, gone.signal);
    await telegram.waitFor(() => telegram.isPolling(bot));
    gone.abort();
    await expect(poll).rejects.toThrow();
    dm.sendText("while nobody listened");
    expect(texts(await call("getUpdates", { offset, timeout: 50 }))).toEqual(["while nobody listened"]);
  });

  test("allowed_updates is remembered and filters what comes after", async () => {
    const { call, dm, hello, telegram, bot } = await startFixture();
    dm.react(hello, "👍");
    expect(telegram.pendingUpdates(bot)).toHaveLength(1);
    await call("getUpdates", { allowed_updates: ["message", "message_reaction"] });
    dm.react(hello, "🔥");
    dm.edit(hello, "hello!");
    await call("getUpdates", { limit: 1 });
    dm.sendText("more");
    const kinds = telegram.pendingUpdates(bot).map((update) => Object.keys(update)[1]);
    expect(kinds).toEqual(["message", "message_reaction", "message"]);
    await call("getUpdates", { allowed_updates: [] });
    dm.react(hello, "👎");
    expect(telegram.pendingUpdates(bot)).toHaveLength(3);
  });

  test("updates are dropped after 24 hours", async () => {
    const clock = createFakeClock();
    const { telegram, bot } = await startFixture({ clock });
    await clock.advance(24 * 3600 * 1000 - 1);
    expect(telegram.pendingUpdates(bot)).toHaveLength(1);
    await clock.advance(1);
    expect(telegram.pendingUpdates(bot)).toHaveLength(0);
  });

  test("raw updates: garbage, duplicates of confirmed ids, out of order", async () => {
    const { call, telegram, bot } = await startFixture();
    const [update = { update_id: 0 }] = (await call("getUpdates")).result;
    const next = update.update_id + 1;
    await call("getUpdates", { offset: next });
    telegram.pushRaw(bot, { from_the_future: { a: 1 } });
    telegram.pushRaw(bot, update);
    telegram.pushRaw(bot, { update_id: next + 5, message: "not an object" });
    telegram.pushRaw(bot, { update_id: next + 2 });
    const batch = await call("getUpdates", { offset: next, timeout: 50, limit: 100 });
    expect(batch.result).toHaveLength(1); // the same offset within half a second: one at a time
    const all = await call("getUpdates", { offset: next - 1, timeout: 50 });
    expect(ids(all)).toEqual([next, update.update_id, next + 5, next + 2]);
    expect(ids(await call("getUpdates", { offset: next + 3, timeout: 50 }))).toEqual([next + 5]);
  });

  test("after a reset of the ids a stale offset confirms nothing", async () => {
    const { call, dm, telegram, bot } = await startFixture();
    const offset = (telegram.pendingUpdates(bot)[0]?.update_id ?? 0) + 1;
    await call("getUpdates", { offset });
    telegram.setNextUpdateId(bot, 1000);
    dm.sendText("a week later");
    const reply = await call("getUpdates", { offset, timeout: 50 });
    expect([ids(reply), texts(reply)]).toEqual([[1000], ["a week later"]]);
  });
});

describe("webhooks", () => {
  test("a webhook excludes polling, gets the secret, and is retried until it answers 2xx", async () => {
    const clock = createFakeClock();
    const { call, dm, telegram, bot } = await startFixture({ clock });
    const received: { secret: unknown; text: string }[] = [];
    const receiver = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk;
      });
      request.on("end", () => {
        const secret = request.headers["x-telegram-bot-api-secret-token"];
        received.push({ secret, text: JSON.parse(body).message.text });
        response.writeHead(received.length === 1 ? 503 : 200).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void receiver.close());
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;

    const poll = call("getUpdates", { offset: 999_999_999, timeout: 0 });
    expect((await poll).ok).toBe(true);
    expect((await call("setWebhook", { url, secret_token: "s3cret" })).ok).toBe(true);
    expect(await call("setWebhook", { url })).toMatchObject({
      error_code: 429,
      parameters: { retry_after: 1 },
    });
    expect((await call("getUpdates")).description).toBe(
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    );
    await telegram.waitFor(() => bot.webhook.lastError, { describe: "the failed delivery" });
    expect((await call("getWebhookInfo")).result).toMatchObject({ url, pending_update_count: 1 });
    dm.sendText("second");
    await clock.advance(1000);
    await telegram.waitFor(() => telegram.pendingUpdates(bot).length === 0, { describe: "both deliveries" });
    expect(received).toEqual([
      { secret: "s3cret", text: "hello" },
      { secret: "s3cret", text: "hello" },
      { secret: "s3cret", text: "second" },
    ]);
    await call("deleteWebhook");
    expect((await call("getUpdates")).ok).toBe(true);
  });

  test("setWebhook ends a waiting poll", async () => {
    const { call, telegram, bot } = await startFixture();
    const offset = (telegram.pendingUpdates(bot)[0]?.update_id ?? 0) + 1;
    const poll = call("getUpdates", { offset, timeout: 50 });
    await telegram.waitFor(() => telegram.isPolling(bot));
    await call("setWebhook", { url: "https://example.org/hook" });
    expect(await poll).toMatchObject({
      error_code: 409,
      description: "Conflict: terminated by setWebhook request",
    });
  });
});
