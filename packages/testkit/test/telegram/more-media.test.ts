import { createFakeClock } from "@steward/platform/clock";
import { describe, expect, test } from "vitest";
import { startFixture } from "./fixture.ts";

const upload = (url: string, fields: Record<string, string | File>): Promise<Response> => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return fetch(url, { method: "POST", body: form });
};

describe("what people send", () => {
  test("a sticker has its emoji and its set, no name and no type", async () => {
    const { telegram, bot, dm } = await startFixture();
    dm.sendSticker({ data: "webp", name: "x.webp" }, { emoji: "🎉", setName: "Party" });
    const message = telegram.pendingUpdates(bot).at(-1)?.message as { sticker: Record<string, unknown> };
    expect(message.sticker).toMatchObject({
      type: "regular",
      emoji: "🎉",
      set_name: "Party",
      is_video: false,
    });
    expect(Object.keys(message.sticker)).not.toContain("file_name");
    expect(Object.keys(message.sticker)).not.toContain("mime_type");
  });

  test("a video note is round: one length, a duration, and it can be fetched", async () => {
    const { telegram, bot, dm, call } = await startFixture();
    dm.sendVideoNote({ data: "mp4" }, { durationSeconds: 7, width: 240 });
    const message = telegram.pendingUpdates(bot).at(-1)?.message as { video_note: { file_id: string } };
    expect(message.video_note).toMatchObject({ duration: 7, length: 240 });
    const { result } = await call("getFile", { file_id: message.video_note.file_id });
    const file = await fetch(`${telegram.url}/file/bot${bot.token}/${String(result.file_path)}`);
    expect(await file.text()).toBe("mp4");
  });
});

describe("editMessageMedia", () => {
  test("puts a file in place of a text, and another in its place", async () => {
    const { telegram, bot, alice, call, chat_id } = await startFixture();
    const { result } = await call("sendMessage", { chat_id, text: "one moment" });
    const put = (content: string) =>
      upload(`${telegram.url}/bot${bot.token}/editMessageMedia`, {
        chat_id: String(chat_id),
        message_id: String(result.message_id),
        media: JSON.stringify({ type: "document", media: "attach://f", caption: "all of it" }),
        f: new File([content], "answer.md"),
      });
    for (const content of ["first", "second"]) {
      expect(await (await put(content)).json()).toMatchObject({
        ok: true,
        result: { caption: "all of it", document: { file_name: "answer.md" } },
      });
    }
    const [message] = telegram.transcript(bot, alice).visible.filter(({ from }) => from.kind === "bot");
    expect(message).toMatchObject({ text: "all of it", media: { kind: "document" } });
    expect(message?.media?.files[0]?.data?.toString()).toBe("second");
    const asText = await call("editMessageText", { chat_id, message_id: result.message_id, text: "x" });
    expect(asText.description).toBe("Bad Request: there is no text in the message to edit");
  });

  test("takes no voice message", async () => {
    const { telegram, bot, call, chat_id } = await startFixture();
    const { result } = await call("sendMessage", { chat_id, text: "one moment" });
    const answer = await upload(`${telegram.url}/bot${bot.token}/editMessageMedia`, {
      chat_id: String(chat_id),
      message_id: String(result.message_id),
      media: JSON.stringify({ type: "voice", media: "attach://f" }),
      f: new File(["ogg"], "a.ogg"),
    });
    expect(answer.status).toBe(400);
  });
});

describe("something in front of the Bot API", () => {
  test.each([400, 403, 404, 413] as const)("answers %i with a page of its own", async (status) => {
    const { telegram, bot } = await startFixture();
    telegram.faults.next({ kind: `html${status}` });
    const answer = await fetch(`${telegram.url}/bot${bot.token}/getMe`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([status, "text/html"]);
    expect(await answer.text()).toContain(`<h1>${status} `);
  });

  test("lets a download trickle, to its end", async () => {
    const { telegram, bot, dm, call } = await startFixture();
    dm.sendDocument({ data: "0123456789".repeat(20), name: "a.txt" });
    const message = telegram.pendingUpdates(bot).at(-1)?.message as { document: { file_id: string } };
    const { result } = await call("getFile", { file_id: message.document.file_id });
    telegram.faults.next({ kind: "throttled", method: "download", bytesPerSecond: 1_000 });
    const begun = performance.now();
    const file = await fetch(`${telegram.url}/file/bot${bot.token}/${String(result.file_path)}`);
    expect((await file.text()).length).toBe(200);
    expect(performance.now() - begun).toBeGreaterThan(150);
  });
});

describe("without a network", () => {
  const form = { method: "POST", headers: { "content-type": "application/json" } };

  test("calls, refusals, faults and outages are the same as over it", async () => {
    const { telegram, bot, chat_id } = await startFixture({ clock: createFakeClock() });
    const call = (method: string, args: object) =>
      telegram.fetch(`${telegram.url}/bot${bot.token}/${method}`, { ...form, body: JSON.stringify(args) });
    expect(await (await call("sendMessage", { chat_id, text: "hi" })).json()).toMatchObject({ ok: true });
    const refused = await call("sendMessage", { chat_id: 1, text: "hi" });
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { ok: false, error_code: 400, description: "Bad Request: chat not found" },
    ]);
    telegram.faults.next({ kind: "disconnect-after-accept" });
    await expect(call("sendMessage", { chat_id, text: "lost" })).rejects.toMatchObject({
      cause: { code: "ECONNRESET" },
    });
    telegram.faults.next({ kind: "html404" });
    expect((await call("getMe", {})).headers.get("content-type")).toBe("text/html");
    await telegram.faults.down();
    await expect(call("getMe", {})).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    await telegram.faults.up();
    expect((await call("getMe", {})).status).toBe(200);
    expect(telegram.calls(bot).map(({ method }) => method)).toEqual([
      "sendMessage",
      "sendMessage",
      "sendMessage",
      "getMe",
      "getMe",
    ]);
  });

  test("what hangs ends with the caller's patience", async () => {
    const { telegram, bot } = await startFixture();
    telegram.faults.next({ kind: "hang" });
    const stop = new AbortController();
    const hung = telegram.fetch(`${telegram.url}/bot${bot.token}/getMe`, { ...form, signal: stop.signal });
    stop.abort();
    await expect(hung).rejects.toMatchObject({ name: "AbortError" });
  });
});
