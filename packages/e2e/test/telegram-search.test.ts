import { afterAll, beforeAll, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import type { TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

let telegram: TelegramRig;
let ada: TelegramChat;
let bo: TelegramChat;

beforeAll(async () => {
  const [cli] = cliVersions();
  telegram = await startTelegramRig({ cli: cli?.path ?? "" });
  ada = await telegram.pair("Ada");
  bo = await telegram.pair("Bo");
});
afterAll(() => telegram.close());

test("what was said is found by its words, by half a Chinese sentence and despite a slip, and opens where it stands", async () => {
  const sent = ada.seat.sendText("When does the locomotive leave?\nSAY:火车站的售票处八点开门");
  await ada.answered("售票处", sent);
  const asked = ada.seat.sendCommand("search", "locomotive");
  const found = await ada.said("1. Ada", asked);
  expect(found.text).toContain("When does the locomotive leave?");
  expect(found.entities?.some(({ type }) => type === "bold")).toBe(true);
  expect(await ada.press(found, "1")).toContain("Opening");
  const opened = await ada.said("🔎 Ada", found);
  expect(opened.replyTo).toBe(sent.id);
  expect(opened.text).toContain("售票处");

  await ada.said("火车站的售票处", ada.seat.sendCommand("search", "售票"));
  await ada.said("When does the locomotive leave?", ada.seat.sendCommand("search", "locomotve"));
});

test("nobody finds what was said elsewhere", async () => {
  await bo.exchange("hello\nSAY:hello Bo", "hello Bo");
  await bo.said("Nothing that was said here fits", bo.seat.sendCommand("search", "locomotive"));
  telegram.emulator.assertNoViolations();
});
