import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { listFiles } from "@steward/contract/files";
import type { Bot, TelegramEmulator } from "@steward/testkit/telegram";
import { type FakeTranscription, startFakeTranscription } from "@steward/testkit/transcription";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import type { Rig } from "../src/rig.ts";
import type { TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

const PATIENCE = { timeoutMs: 30_000 };
const KEY = "sk-of-the-listener";

describe.each(cliVersions())("what a person sends in Telegram, $name", ({ path }) => {
  let telegram: TelegramRig;
  let emulator: TelegramEmulator;
  let listener: FakeTranscription;
  let bot: Bot;
  let rig: Rig;
  let ada: TelegramChat;

  beforeAll(async () => {
    listener = await startFakeTranscription({ key: KEY });
    telegram = await startTelegramRig({
      cli: path,
      apiEnv: {
        STEWARD_TRANSCRIPTION: "openai",
        STEWARD_TRANSCRIPTION_URL: listener.url,
        STEWARD_TRANSCRIPTION_KEY: KEY,
      },
    });
    ({ emulator, rig, bot } = telegram);
    ada = await telegram.pair("Ada");
  });
  afterAll(async () => {
    await telegram.close();
    await listener.close();
    expect(listener.violations).toEqual([]);
  });

  const downloads = () => emulator.calls(bot, { method: "download" });
  const filesHere = async () =>
    await rig.client().call(listFiles, { query: { botId: String(bot.id), chatId: String(ada.person.id) } });
  /** What the model was asked for the turn that holds these words. */
  const prompts = (words: string) =>
    rig.model.requests.filter(({ kind, prompt }) => kind === "turn" && prompt.includes(words));

  test("a photo with its caption: the agent is told its path, is shown it, and can read it", async () => {
    const photo = ada.seat.sendPhoto({ data: png(1) }, { caption: "what is this?" });
    const echoed = await ada.answered("what is this?", photo);
    const place = /files\/\d{8}-\d{6}_photo\.jpg/.exec(echoed)?.[0] ?? "";
    expect(echoed).toContain(`${place} (image/png, ${png(1).length} bytes)`);
    expect(imagesIn(prompts("what is this?").at(-1)?.request)).toContain(png(1).toString("base64"));
    const asked = ada.seat.sendText(`TOOL:Read:{"file_path":"${place}"}\nSAY:I have looked`);
    await ada.answered("I have looked", asked);
    const read = rig.model.requests.at(-1)?.request;
    expect(JSON.stringify(read)).toContain("tool_result");
    expect(imagesIn(read).filter((image) => image === png(1).toString("base64")).length).toBeGreaterThan(1);
  });

  test("an album of four is one turn with four files and one answer", async () => {
    const before = (await filesHere()).length;
    const album = ada.seat.sendAlbum(
      [1, 2, 3, 4].map((n) => ({
        ...{ kind: "photo" as const, file: { data: png(n) } },
        ...(n === 1 ? { caption: "SAY:four pictures seen" } : {}),
      })),
    );
    await ada.answered("four pictures seen", album[3] ?? { id: 0 });
    const [asked] = prompts("four pictures seen");
    expect(asked?.prompt.match(/^- files\//gm)).toHaveLength(4);
    expect(prompts("four pictures seen")).toHaveLength(1);
    expect(await filesHere()).toHaveLength(before + 4);
  });

  test("a voice message is shown as what was said, and answered", async () => {
    listener.say("SAY:milk is on the list");
    const voice = ada.seat.sendVoice({ data: "OggS of Ada" }, { durationSeconds: 4 });
    const echo = await ada.said("🎤 SAY:milk", voice);
    expect(echo.entities.map(({ type }) => type)).toContain("blockquote");
    await ada.answered("milk is on the list", echo);
    expect(prompts("[Voice message transcription]: SAY:milk")).toHaveLength(1);
    expect(listener.requests.at(-1)?.file.data.toString()).toBe("OggS of Ada");
  });

  test("a file above 20 MB is said to be too large, without being asked for, and its caption is answered", async () => {
    const calls = emulator.calls(bot, { method: "getFile" }).length;
    const video = ada.seat.sendVideo(
      { sizeBytes: 30 * 1_048_576, name: "holiday.mov" },
      { caption: "SAY:without it then" },
    );
    await ada.said("holiday.mov: It is larger than 20 MB", video);
    await ada.answered("without it then", video);
    expect(prompts("without it then").at(-1)?.prompt).toContain("did not arrive: holiday.mov");
    expect(emulator.calls(bot, { method: "getFile" })).toHaveLength(calls);
  });

  test("a reply to a file brings it along, quoted with who sent it and when", async () => {
    const plan = ada.seat.sendDocument({ data: "the plan", name: "plan.txt" }, { caption: "SAY:plan kept" });
    await ada.answered("plan kept", plan);
    const downloaded = downloads().length;
    const reply = ada.seat.sendText("SAY:the plan again", { replyTo: plan });
    await ada.answered("the plan again", reply);
    const asked = prompts("the plan again").at(-1)?.prompt ?? "";
    expect(asked).toMatch(
      /\[Replying to "Ada[^"]*", \d{4}-\d\d-\d\d \d\d:\d\d UTC: "\[Document: plan\.txt\] SAY:plan kept"\]/,
    );
    expect(asked).toMatch(/- files\/\S+_plan\.txt \(text\/plain, 8 bytes\)/);
    expect(downloads()).toHaveLength(downloaded);
  });

  test("a download that is cut, and an address that has expired, are begun anew", async () => {
    emulator.faults.next({ kind: "cut", method: "download" });
    emulator.faults.next({ kind: "404", method: "download" });
    const report = ada.seat.sendDocument(
      { data: "x".repeat(200_000), name: "report.txt" },
      { caption: "SAY:report read" },
    );
    await ada.answered("report read", report);
    expect(prompts("report read").at(-1)?.prompt).toContain("_report.txt (text/plain, 200000 bytes)");
  });

  test.each(["bot", "api"] as const)(
    "a restart of the %s in the middle of a download loses nothing",
    async (which) => {
      const trickle = emulator.faults.next({
        kind: "throttled",
        times: Number.POSITIVE_INFINITY,
        method: "download",
        bytesPerSecond: 20_000,
      });
      const name = `while-${which}.txt`;
      const before = downloads().length;
      const sent = ada.seat.sendDocument(
        { data: "y".repeat(100_000), name },
        { caption: `SAY:after the ${which}` },
      );
      await emulator.waitFor(() => downloads().length > before, PATIENCE);
      if (which === "bot") {
        await rig.bot?.end("SIGKILL");
        trickle.cancel();
        rig.startBot();
      } else {
        await rig.api.end("SIGKILL");
        trickle.cancel();
        await rig.startApi();
      }
      await ada.answered(`after the ${which}`, sent);
      const asked = prompts(`after the ${which}`);
      expect(asked).toHaveLength(1);
      expect(asked[0]?.prompt).toContain(`_${name} (text/plain, 100000 bytes)`);
      expect((await filesHere()).filter((file) => file.name === name)).toHaveLength(1);
      expect(downloads().length).toBeGreaterThanOrEqual(before + 2);
      expect(rig.bot?.output()).not.toContain(bot.token);
    },
  );

  test("several files of one answer come as albums: pictures together, documents among themselves", async () => {
    const outbox = join(rig.home, "workspaces", String(bot.id), String(ada.person.id), "outbox");
    mkdirSync(outbox, { recursive: true });
    for (const n of [1, 2, 3]) writeFileSync(join(outbox, `a${n}.png`), png(n));
    for (const n of [1, 2]) writeFileSync(join(outbox, `b${n}.txt`), `document ${n}`);
    const sent = ada.seat.sendText("SAY:five files for you");
    await ada.answered("five files for you", sent);
    const albums = () => emulator.calls(bot, { method: "sendMediaGroup" });
    await emulator.waitFor(() => albums().filter(({ outcome }) => outcome?.ok).length === 2, PATIENCE);
    expect(albums().map(({ files }) => files.map(({ filename }) => filename))).toEqual([
      ["a1.png", "a2.png", "a3.png"],
      ["b1.txt", "b2.txt"],
    ]);
    const shown = emulator.transcript(bot, ada.person).visible.filter(({ id }) => id > sent.id);
    expect(shown.filter(({ media }) => media !== undefined)).toHaveLength(5);
    emulator.assertNoViolations();
  });

  test("places, contacts and dice are words", async () => {
    const sent = ada.seat.sendContent({ dice: { emoji: "🎲", value: 4 } });
    await ada.answered("[Dice 🎲: 4]", sent);
    emulator.assertNoViolations();
  });
});

/** The pictures of a request to the model, base64. */
function imagesIn(request: unknown): string[] {
  return [...JSON.stringify(request).matchAll(/"type":"base64"[^}]*?"data":"([^"]+)"/g)].map(
    ([, data]) => data ?? "",
  );
}

/** A red square of so many pixels: a small PNG, a different one for each size. */
function png(side: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.from([0, 0, 0, side, 0, 0, 0, side, 8, 2, 0, 0, 0]);
  const pixels = deflateSync(
    Buffer.concat(
      Array.from({ length: side }, () =>
        Buffer.from([0, ...Array.from({ length: side }, () => [255, 0, 0]).flat()]),
      ),
    ),
  );
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", pixels),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function crc32(data: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
