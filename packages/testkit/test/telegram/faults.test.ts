import { createFakeClock } from "@steward/platform/clock";
import { describe, expect, test } from "vitest";
import { startFixture } from "./fixture.ts";

describe("faults", () => {
  test("429 keeps the call from running, says when to come back, and tells who came too early", async () => {
    const clock = createFakeClock();
    const { call, chat_id, telegram, bot, alice } = await startFixture({ clock });
    const fault = telegram.faults.next({ kind: "429", method: "sendMessage", retryAfter: 7, times: 2 });
    const send = () => call("sendMessage", { chat_id, text: "x" });
    expect(await send()).toEqual({
      ok: false,
      error_code: 429,
      description: "Too Many Requests: retry after 7",
      parameters: { retry_after: 7 },
    });
    await clock.advance(2000);
    await send();
    await clock.advance(7000);
    expect((await send()).ok).toBe(true);
    expect(fault.struck).toBe(2);
    expect(telegram.calls(bot).map(({ earlyByMs, executed }) => [earlyByMs, executed])).toEqual([
      [undefined, false],
      [5000, false],
      [undefined, true],
    ]);
    expect(telegram.transcript(bot, alice).messages).toHaveLength(2);
  });

  test("accepted, then cut: the message is there, the caller does not know", async () => {
    const { call, chat_id, telegram, bot, alice } = await startFixture();
    telegram.faults.next({ kind: "disconnect-after-accept" });
    await expect(call("sendMessage", { chat_id, text: "landed" })).rejects.toThrow();
    telegram.faults.next({ kind: "disconnect-before" });
    await expect(call("sendMessage", { chat_id, text: "lost" })).rejects.toThrow();
    expect(telegram.transcript(bot, alice).messages.map(({ text }) => text)).toEqual(["hello", "landed"]);
    expect(telegram.calls(bot).map(({ fault, executed }) => [fault, executed])).toEqual([
      ["disconnect-after-accept", true],
      ["disconnect-before", false],
    ]);
  });

  test.each(["hang", "hang-after-accept"] as const)("%s never answers", async (kind) => {
    const { call, chat_id, telegram, bot, alice } = await startFixture();
    telegram.faults.next({ kind });
    const impatient = new AbortController();
    const reply = call("sendMessage", { chat_id, text: "x" }, impatient.signal);
    await telegram.waitFor(() => telegram.calls(bot)[0]?.endedAtMs);
    impatient.abort();
    await expect(reply).rejects.toThrow("abort");
    expect(telegram.transcript(bot, alice).messages).toHaveLength(kind === "hang" ? 1 : 2);
  });

  test("a poll that hangs holds nothing back from the next one", async () => {
    const { call, telegram, bot } = await startFixture();
    telegram.faults.next({ kind: "hang", method: "getUpdates" });
    const gone = new AbortController();
    const hanging = call("getUpdates", { timeout: 50 }, gone.signal);
    await telegram.waitFor(() => telegram.calls(bot, { method: "getUpdates" })[0]?.endedAtMs);
    expect(telegram.isPolling(bot)).toBe(false);
    expect((await call("getUpdates", { timeout: 50 })).result).toHaveLength(1);
    gone.abort();
    await expect(hanging).rejects.toThrow("abort");
  });

  test("an HTML 413, a 500 and a 502 come as a proxy and the server send them", async () => {
    const { call, chat_id, telegram, bot } = await startFixture();
    telegram.faults.next({ kind: "html413" });
    const response = await fetch(`${telegram.url}/bot${bot.token}/sendDocument`, { method: "POST" });
    expect([response.status, response.headers.get("content-type")]).toEqual([413, "text/html"]);
    expect(await response.text()).toContain("<html>");
    telegram.faults.next({ kind: "502" });
    telegram.faults.next({ kind: "500" });
    const send = () => call("sendMessage", { chat_id, text: "x" });
    expect(await send()).toEqual({ ok: false, error_code: 502, description: "Bad Gateway" });
    expect(await send()).toEqual({ ok: false, error_code: 500, description: "Internal Server Error" });
    expect((await send()).ok).toBe(true);
  });

  test("faults find their method, bot and chat, and leave polls alone unless named", async () => {
    const { call, chat_id, telegram, bot } = await startFixture();
    const other = telegram.addBot();
    telegram.faults.next({ kind: "502", bot: other });
    telegram.faults.next({ kind: "502", chat: 1 });
    telegram.faults.next({ kind: "502", method: ["editMessageText", "sendPhoto"] });
    telegram.faults.next({ kind: "409", method: "getUpdates" });
    expect((await call("sendMessage", { chat_id, text: "x" })).ok).toBe(true);
    expect(await call("getUpdates")).toMatchObject({ error_code: 409 });
    expect((await call("getUpdates")).ok).toBe(true);
    telegram.faults.clear();
    expect((await call("sendMessage", { chat_id: 1, text: "x" })).error_code).toBe(400);
    expect(telegram.calls(bot, { method: "getUpdates" })).toHaveLength(2);
  });

  test("slow answers rightly, late", async () => {
    const clock = createFakeClock();
    const { call, chat_id, telegram, bot } = await startFixture({ clock });
    telegram.faults.next({ kind: "slow", delayMs: 5000 });
    const reply = call("sendMessage", { chat_id, text: "x" });
    await telegram.waitFor(() => telegram.calls(bot).length === 1);
    await clock.advance(5000);
    expect((await reply).ok).toBe(true);
  });

  test("down refuses connections, up is back at the same address", async () => {
    const { call, telegram } = await startFixture();
    const { url } = telegram;
    await call("getMe");
    await telegram.faults.down();
    await expect(call("getMe")).rejects.toThrow("fetch failed");
    await telegram.faults.up();
    expect((await call("getMe")).ok).toBe(true);
    expect(telegram.url).toBe(url);
  });

  test("random faults strike their share of calls, the same ones for the same seed", async () => {
    const pattern = async () => {
      const { call, telegram, bot } = await startFixture();
      const fault = telegram.faults.random({ seed: 42, rate: 0.3, kind: ["502", "429"] });
      for (let index = 0; index < 100; index += 1) await call("getMe");
      fault.cancel();
      const kinds = telegram.calls(bot).map((made) => made.fault ?? "-");
      return { kinds: kinds.join(" "), struck: fault.struck };
    };
    const [first, second] = [await pattern(), await pattern()];
    expect(first).toEqual(second);
    expect(first.struck).toBeGreaterThan(15);
    expect(first.struck).toBeLessThan(45);
  });
});

describe("limits", () => {
  test("one a second and chat after a short burst; other chats are not affected", async () => {
    const clock = createFakeClock();
    const { call, chat_id, telegram, bot } = await startFixture({ clock });
    const bob = telegram.user();
    bob.in(bot).sendText("hi");
    telegram.limits.enable();
    const send = (to: number) => call("sendMessage", { chat_id: to, text: "x" });
    for (let index = 0; index < 3; index += 1) expect((await send(chat_id)).ok).toBe(true);
    expect(await send(chat_id)).toMatchObject({ error_code: 429, parameters: { retry_after: 1 } });
    expect((await send(bob.id)).ok).toBe(true);
    expect((await call("sendChatAction", { chat_id, action: "typing" })).ok).toBe(true);
    await clock.advance(1000);
    expect((await send(chat_id)).ok).toBe(true);
  });

  test("20 a minute in a group, edits included", async () => {
    const clock = createFakeClock();
    const { call, telegram, bot, alice } = await startFixture({ clock });
    const group = telegram.group({ owner: alice });
    group.addBot(bot);
    telegram.limits.enable({ perChatBurst: 100 });
    const chat_id = group.id;
    const { result } = await call("sendMessage", { chat_id, text: "0" });
    const edit = (text: string) => call("editMessageText", { chat_id, message_id: result.message_id, text });
    for (let index = 1; index < 20; index += 1) expect((await edit(String(index))).ok).toBe(true);
    expect(await edit("20")).toMatchObject({ error_code: 429, parameters: { retry_after: 3 } });
    await clock.advance(3000);
    expect((await edit("20")).ok).toBe(true);
  });
});
