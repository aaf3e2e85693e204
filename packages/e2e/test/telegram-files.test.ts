import { deflateSync } from "node:zlib";
import type { Bot, TelegramEmulator } from "@steward/testkit/telegram";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import type { Rig } from "../src/rig.ts";
import type { TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

describe.each(cliVersions())("files of a person in Telegram, CLI $version", ({ path }) => {
  let telegram: TelegramRig;
  let emulator: TelegramEmulator;
  let bot: Bot;
  let rig: Rig;
  let ada: TelegramChat;

  beforeAll(async () => {
    telegram = await startTelegramRig({ cli: path });
    ({ emulator, rig, bot } = telegram);
    ada = await telegram.pair("Ada");
  });
  afterAll(() => telegram.close());

  test("a photo with a caption: the agent is told its path, sees it, and can read it", async () => {
    const photo = ada.seat.sendPhoto({ data: png() }, { caption: "what is this?" });
    const echoed = await ada.answered("what is this?", photo);
    const path = /files\/\d{8}-\d{6}_photo\.jpg/.exec(echoed)?.[0] ?? "";
    expect(echoed).toContain(`${path} (image/png, ${png().length} bytes)`);
    const asked = ada.seat.sendText(`TOOL:Read:{"file_path":"${path}"}\nSAY:I have looked`);
    await ada.answered("I have looked", asked);
    expect(bot).toBeDefined();
    expect(rig.model.requests.length).toBeGreaterThan(1);
    emulator.assertNoViolations();
  });
});

/** One red pixel, as the smallest of PNG files. */
function png(): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
  const pixels = deflateSync(Buffer.from([0, 255, 0, 0]));
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
