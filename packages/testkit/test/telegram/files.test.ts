import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { startFixture } from "./fixture.ts";

async function startWithForm() {
  const fixture = await startFixture();
  const { telegram, bot, chat_id } = fixture;
  const submit = async (method: string, fields: Record<string, string | Blob>) => {
    const form = new FormData();
    form.set("chat_id", String(chat_id));
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === "string") form.set(name, value);
      else form.set(name, value, `${name}.txt`);
    }
    const response = await fetch(`${telegram.url}/bot${bot.token}/${method}`, { method: "POST", body: form });
    return (await response.json()) as { ok: boolean; description?: string; result: Record<string, never> };
  };
  const fetchFile = (path: string) => fetch(`${telegram.url}/file/bot${bot.token}/${path}`);
  return { ...fixture, submit, fetchFile };
}

describe("files people send", () => {
  test("a document is announced with name, type and size, and can be fetched", async () => {
    const { call, dm, telegram, bot, fetchFile } = await startWithForm();
    dm.sendDocument({ data: "a,b\n1,2\n", name: "table.csv", mimeType: "text/csv" }, { caption: "see" });
    const message = telegram.pendingUpdates(bot).at(-1)?.message as { document: { file_id: string } };
    expect(message).toMatchObject({
      caption: "see",
      document: { file_name: "table.csv", mime_type: "text/csv", file_size: 8 },
    });
    const { result } = await call("getFile", { file_id: message.document.file_id });
    expect(await (await fetchFile(result.file_path)).text()).toBe("a,b\n1,2\n");
    expect((await fetchFile("documents/none")).status).toBe(404);
    expect(telegram.calls(bot).map(({ method }) => method)).toEqual(["getFile", "download", "download"]);
  });

  test("the photo is the last of its sizes", async () => {
    const { call, dm, telegram, bot, fetchFile } = await startWithForm();
    dm.sendPhoto({ data: "the real pixels" });
    const message = telegram.pendingUpdates(bot).at(-1)?.message;
    const { photo } = message as { photo: { file_id: string; width: number }[] };
    const contents = await Promise.all(
      photo.map(async ({ file_id }) =>
        (await fetchFile((await call("getFile", { file_id })).result.file_path)).text(),
      ),
    );
    expect(contents.at(-1)).toBe("the real pixels");
    expect(contents[0]).not.toBe("the real pixels");
    expect(photo.map(({ width }) => width)).toEqual([90, 320, 1280]);
  });

  test("more than 20 MB is refused, and a file id belongs to one bot", async () => {
    const { call, dm, telegram, bot, alice } = await startWithForm();
    dm.sendVideo({ sizeBytes: 20 * 1024 * 1024 + 1, name: "big.mp4" });
    const video = telegram.pendingUpdates(bot).at(-1)?.message as { video: { file_id: string } };
    expect((await call("getFile", { file_id: video.video.file_id })).description).toBe(
      "Bad Request: file is too big",
    );
    const other = telegram.addBot();
    alice.in(other).sendVoice({ data: "ogg" });
    const voice = telegram.pendingUpdates(other).at(-1)?.message as { voice: { file_id: string } };
    expect((await call("getFile", { file_id: voice.voice.file_id })).ok).toBe(false);
  });
});

describe("files bots send", () => {
  test("multipart: the file, structured fields as JSON text, and the file id can be sent again", async () => {
    const { call, chat_id, submit, telegram, bot, alice, hello } = await startWithForm();
    const { result } = await submit("sendDocument", {
      document: new Blob(["report"], { type: "text/plain" }),
      caption: "the report",
      caption_entities: JSON.stringify([{ type: "bold", offset: 4, length: 6 }]),
      reply_parameters: JSON.stringify({ message_id: hello.id }),
      disable_notification: "true",
      method: "sendDocument", // some clients repeat it
    });
    expect(result).toMatchObject({
      document: { file_name: "document.txt", mime_type: "text/plain", file_size: 6 },
      caption: "the report",
      reply_to_message: { message_id: hello.id },
    });
    const { file_id } = (result as unknown as { document: { file_id: string } }).document;
    expect((await call("sendDocument", { chat_id, document: file_id })).ok).toBe(true);
    const [, sent] = telegram.transcript(bot, alice).messages;
    expect(sent).toMatchObject({ silent: true, media: { kind: "document" }, replyTo: hello.id });
    expect(sent?.media?.files[0]?.data?.toString()).toBe("report");
    telegram.assertNoViolations();
  });

  test("an album by attach://; documents do not mix with photos", async () => {
    const { submit, telegram, bot, alice } = await startWithForm();
    const item = (type: string, name: string) => ({ type, media: `attach://${name}` });
    const blobs = { a: new Blob(["A"]), b: new Blob(["B"]) };
    const good = await submit("sendMediaGroup", {
      media: JSON.stringify([item("photo", "a"), item("photo", "b")]),
      ...blobs,
    });
    expect(good.result).toHaveLength(2);
    const mixed = await submit("sendMediaGroup", {
      media: JSON.stringify([item("photo", "a"), item("document", "b")]),
      ...blobs,
    });
    expect(mixed.description).toBe("Bad Request: document can't be mixed with other media types");
    const groupIds = telegram
      .transcript(bot, alice)
      .visible.slice(1)
      .map(({ extra }) => extra.media_group_id);
    expect(new Set(groupIds).size).toBe(1);
  });

  test("mistakes of multipart senders are caught", async () => {
    const { submit, telegram } = await startWithForm();
    const blob = new Blob(["x"]);
    expect((await submit("sendDocument", { document: blob, reply_parameters: "[object Object]" })).ok).toBe(
      false,
    );
    expect((await submit("sendMessage", { text: "x", stray: blob })).description).toContain(
      'uploaded file "stray"',
    );
    expect(
      (
        await submit("sendMediaGroup", {
          media: JSON.stringify([
            { type: "photo", media: "attach://gone" },
            { type: "photo", media: "attach://gone" },
          ]),
        })
      ).description,
    ).toBe("Bad Request: can't parse InputMedia: media not found");
    expect(telegram.violations.map(({ message }) => message)).toContainEqual(
      expect.stringContaining("was not serialised"),
    );
  });

  test("a header smuggled in by a file name is caught", async () => {
    const { telegram, bot, chat_id } = await startWithForm();
    const body = [
      "--XX",
      'Content-Disposition: form-data; name="chat_id"',
      "",
      String(chat_id),
      "--XX",
      'Content-Disposition: form-data; name="document"; filename="a"',
      'X-Injected: yes"',
      "",
      "data",
      "--XX--",
      "",
    ].join("\r\n");
    const response = await fetch(`${telegram.url}/bot${bot.token}/sendDocument`, {
      method: "POST",
      headers: { "content-type": "multipart/form-data; boundary=XX" },
      body,
    });
    expect(response.status).toBe(400);
    expect(telegram.violations[0]?.message).toContain("X-Injected");
  });

  test("above 50 MB the answer is 413", async () => {
    const { submit, telegram } = await startWithForm();
    const { description } = await submit("sendDocument", {
      document: new Blob([Buffer.alloc(53 * 1024 * 1024)]),
    });
    expect(description).toBe("Request Entity Too Large");
    expect(telegram.violations).toHaveLength(1);
  });

  test("urlencoded bodies, query strings and any case of the method name are read too", async () => {
    const { telegram, bot, chat_id } = await startWithForm();
    const root = `${telegram.url}/bot${bot.token}`;
    const posted = await fetch(`${root}/SENDmessage`, {
      method: "POST",
      body: new URLSearchParams({ chat_id: String(chat_id), text: "form", disable_notification: "true" }),
    });
    expect(await posted.json()).toMatchObject({ ok: true, result: { text: "form" } });
    const got = await new Promise<string>((resolve, reject) => {
      request(`${root}/sendMessage?chat_id=${chat_id}&text=query`, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => {
          text += chunk;
        });
        response.on("end", () => resolve(text));
      })
        .on("error", reject)
        .end();
    });
    expect(JSON.parse(got)).toMatchObject({ ok: true, result: { text: "query" } });
    telegram.assertNoViolations();
  });
});
