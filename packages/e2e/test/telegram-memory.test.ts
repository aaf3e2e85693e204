import { listMemories } from "@steward/contract/memories";
import type { TelegramEmulator } from "@steward/testkit/telegram";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import { pairPerson, type TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

const PATIENCE = { timeoutMs: 40_000, timeout: 40_000 };

describe("memory in Telegram", () => {
  let telegram: TelegramRig;
  let emulator: TelegramEmulator;
  let ada: TelegramChat;
  let bo: TelegramChat;

  beforeAll(async () => {
    const [cli] = cliVersions();
    telegram = await startTelegramRig({ cli: cli?.path ?? "" });
    ({ emulator } = telegram);
    ada = await telegram.pair("Ada");
    const zh = emulator.user({ first_name: "Bo", language_code: "zh-hans" });
    bo = await pairPerson(telegram.rig, emulator, telegram.bot, zh);
  });
  afterAll(() => telegram.close());

  const said = (who: TelegramChat, text: string, since: { id: number }) =>
    emulator.waitForMessage(
      telegram.bot,
      who.person,
      (each) => each.id > since.id && each.from.kind === "bot" && each.text.includes(text),
      PATIENCE,
    );
  type Message = Awaited<ReturnType<typeof said>>;
  const labels = (message: Message): string[] =>
    message.replyMarkup?.inline_keyboard.flat().map(({ text }) => text) ?? [];
  const press = (who: TelegramChat, message: Message, label: string): void => {
    const button = message.replyMarkup?.inline_keyboard.flat().find(({ text }) => text.includes(label));
    if (button === undefined || !("callback_data" in button)) throw new Error(`no button ${label}`);
    who.seat.pressButton(message, button.callback_data);
  };
  const known = async (who: TelegramChat): Promise<string[]> => {
    const query = { botId: String(telegram.bot.id), chatId: String(who.person.user.id) };
    const { memories } = await telegram.rig.client().call(listMemories, { query });
    return memories.map(({ content }) => content).sort();
  };

  test("plain sentences are kept and forgotten at once, without a turn, and can be undone", async () => {
    const asked = telegram.rig.model.requests.length;
    const sentence = ada.seat.sendText("Remember that my wife is called Ana.");
    const answer = await said(ada, "🧠 Remembered: my wife is called Ana", sentence);
    expect(labels(answer)).toEqual(["↩️ Undo", "💬 Ask Claude instead"]);
    const forget = ada.seat.sendText("forget my wife is called Ana");
    const forgotten = await said(ada, "🗑 Forgotten: my wife is called Ana", forget);
    expect(await known(ada)).toEqual([]);
    press(ada, forgotten, "Undo");
    await expect.poll(() => known(ada), PATIENCE).toEqual(["my wife is called Ana"]);
    const chinese = bo.seat.sendText("请记住：服务器在法兰克福。");
    await said(bo, "🧠 已记住：服务器在法兰克福", chinese);
    expect(await known(bo)).toEqual(["服务器在法兰克福"]);
    expect(await known(ada)).toEqual(["my wife is called Ana"]);
    expect(telegram.rig.model.requests).toHaveLength(asked);
  });

  test("what was meant for Claude goes to Claude, by the button or by itself", async () => {
    const sentence = ada.seat.sendText("remember SAY:this-was-for-claude and nothing else");
    const answer = await said(ada, "🧠 Remembered: SAY:this-was-for-claude", sentence);
    press(ada, answer, "Ask Claude instead");
    await said(ada, "this-was-for-claude and nothing else", answer);
    await expect.poll(() => known(ada), PATIENCE).toEqual(["my wife is called Ana"]);
    const question = ada.seat.sendText("remember when we met? SAY:in-spring");
    await ada.answered("in-spring", question);
    expect(await known(ada)).toEqual(["my wife is called Ana"]);
  });

  test("/remember, /memory and /forget, with their buttons", async () => {
    const port = ada.seat.sendCommand("remember", "port: 8080");
    await said(ada, "🧠 Remembered: 8080", port);
    const other = ada.seat.sendCommand("remember", "port: 9090");
    const both = await said(ada, "Under “port” I remember something else already", other);
    expect(labels(both)).toEqual(["✅ Replace it", "Keep the old one"]);
    press(ada, both, "Replace it");
    await expect.poll(() => known(ada), PATIENCE).toEqual(["9090", "my wife is called Ana"]);
    const note = ada.seat.sendText("SAY:The deploy key is in the safe.");
    await ada.answered("The deploy key is in the safe.", note);
    const told = await said(ada, "The deploy key is in the safe.", note);
    const reply = ada.seat.sendCommand("remember", "", { replyTo: told });
    await said(ada, "🧠 Remembered: The deploy key is in the safe.", reply);
    for (const key of ["a", "b", "c", "d"]) {
      const each = ada.seat.sendCommand("remember", `${key}: value of ${key}`);
      await said(ada, `🧠 Remembered: value of ${key}`, each);
    }

    const asked = ada.seat.sendCommand("memory");
    const list = await said(ada, "🧠 What I remember here: 7", asked);
    expect(list.text).toContain("Ada · ");
    expect(labels(list).at(-1)).toBe("More ▶️");
    press(ada, list, "More");
    const now = () => emulator.transcript(telegram.bot, ada.person).visible.find(({ id }) => id === list.id);
    await expect.poll(() => now()?.text, PATIENCE).toContain("my wife is called Ana");
    const second = now();
    if (!second) throw new Error("the list is gone");
    const pin = labels(second).find((label) => label.startsWith("📌 Pin")) ?? "";
    press(ada, second, pin);
    await expect.poll(() => now()?.text, PATIENCE).not.toBe(second.text);

    const several = await said(ada, "❓ Which one?", ada.seat.sendCommand("forget", "value of"));
    expect(labels(several)).toHaveLength(4);
    const single = await said(ada, "🗑 Forgotten: 9090", ada.seat.sendCommand("forget", "port"));
    press(ada, single, "Undo");
    await expect.poll(() => known(ada), PATIENCE).toContain("9090");
    await said(ada, "nothing that fits “unicorn”", ada.seat.sendCommand("forget", "unicorn"));
  });
});
