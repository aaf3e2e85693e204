import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listFiles } from "@steward/contract/files";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import type { TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

const MB = 1_048_576;
let localFiles: string;
let telegram: TelegramRig;
let ada: TelegramChat;

beforeAll(async () => {
  localFiles = mkdtempSync(join(tmpdir(), "steward-local-api-"));
  const [cli] = cliVersions();
  telegram = await startTelegramRig({ cli: cli?.path ?? "", localFiles });
  ada = await telegram.pair("Ada");
});
afterAll(async () => {
  await telegram.close();
  rmSync(localFiles, { recursive: true, force: true });
});

test("with a local Bot API server a file of 30 MB comes through its directory, not over HTTP", async () => {
  const { emulator, rig, bot } = telegram;
  const data = Buffer.alloc(30 * MB, "x");
  const film = ada.seat.sendVideo({ data, name: "film.txt" }, { caption: "SAY:thirty megabytes" });
  await ada.answered("thirty megabytes", film);
  const query = { botId: String(bot.id), chatId: String(ada.person.id) };
  const [file] = await rig.client().call(listFiles, { query });
  expect(file).toMatchObject({ name: "film.txt", bytes: 30 * MB });
  expect(emulator.calls(bot, { method: "getFile" })).toHaveLength(1);
  expect(emulator.calls(bot, { method: "download" })).toEqual([]);
  expect(rig.bot?.output()).not.toContain(bot.token);
});
