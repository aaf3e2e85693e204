import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { listDeliveries, retryDelivery } from "@steward/contract/deliveries";
import type { Bot, TelegramEmulator } from "@steward/testkit/telegram";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import type { Rig } from "../src/rig.ts";
import { buttonOf, pairPerson, type TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

const PATIENCE = { timeoutMs: 40_000 };

describe("the commands of the bot", () => {
  let telegram: TelegramRig;
  let emulator: TelegramEmulator;
  let bot: Bot;
  let rig: Rig;
  /** The bot's owner, in English. */
  let ada: TelegramChat;
  /** Somebody else who is let in, in Chinese. */
  let bo: TelegramChat;

  beforeAll(async () => {
    const [cli] = cliVersions();
    telegram = await startTelegramRig({ cli: cli?.path ?? "" });
    ({ emulator, rig, bot } = telegram);
    ada = await telegram.pair("Ada");
    bo = await pairPerson(rig, emulator, bot, emulator.user({ first_name: "Bo", language_code: "zh-hans" }));
  });
  afterAll(() => telegram.close());

  /** The bot's next message to a person that contains this. */
  const ask = async (who: TelegramChat, command: string, text: string, args = "") =>
    await who.said(text, who.seat.sendCommand(command, args));
  type Message = Awaited<ReturnType<TelegramChat["said"]>>;
  const press = (who: TelegramChat, message: Message, label: string): void => {
    who.seat.pressButton(message, buttonOf(message, label));
  };

  test.each([
    ["start", "", "your own Claude Code", "装进口袋里"],
    ["help", "", "/queue – What runs and what waits", "/queue – 正在运行和排队的任务"],
    ["whoami", "", "🔑 Role: owner", "🔑 角色：用户"],
    ["id", "", "🤖 Bot: ", "🤖 机器人："],
    ["status", "", "Nothing is running", "当前没有任务在运行"],
    ["queue", "", "Nothing waits.", "没有排队的消息"],
    ["cancel", "", "Nothing waits.", "没有排队的消息"],
    ["retry", "", "nothing to try again", "没有需要重试的"],
    ["sessions", "", "no conversation", "还没有对话"],
    ["project", "", "project add", "project add"],
    ["model", "", "default model answers here", "默认模型"],
    ["mode", "", "✋ Mode here: Ask first", "✋ 当前模式：先询问"],
    ["mode", "yolo", "is no mode", "不是有效的模式"],
    ["verbose", "", "🔎 Level here: 1", "🔎 当前级别：1"],
    ["settings", "", "What holds in this chat", "此聊天的设置"],
    ["cost", "", "💰 This chat: $0.00 today", "💰 此聊天：今天 $0.00"],
    ["approve", "", "Nothing waits", "没有"],
    ["deny", "", "Nothing waits", "没有"],
    ["export", "", "nothing to export", "还没有可以导出的内容"],
    ["trace", "", "I know of no turn here", "没有可查的轮次"],
    ["why", "", "I know of no turn here", "没有可查的轮次"],
    ["back", "", "You were not away", "您并没有处于离开模式"],
    ["resume", "7", "There is no conversation “7”", "没有对话“7”"],
    ["cron", "x", "does not exist yet", "还不存在"],
    ["memory", "", "I remember nothing here yet", "还没有记住任何内容"],
    ["remember", "", "Write /remember", "请在 /remember 后写"],
    ["forget", "x", "nothing that fits “x”", "没有与“x”相符的记忆"],
    ["stauts", "", "Did you mean /status?", "您是想用 /status 吗？"],
  ])("/%s %s speaks both languages", async (name, args, english, chinese) => {
    await Promise.all([ask(ada, name, english, args), ask(bo, name, chinese, args)]);
  });

  test("those of owner and admins are told so to others", async () => {
    await ask(ada, "doctor", "Steward ");
    await ask(bo, "doctor", "仅限此机器人的所有者和管理员");
    await ask(bo, "panic", "仅限此机器人的所有者和管理员");
  });

  test("the menus are there for both, in both languages", async () => {
    const menu = (key: string): string[] => (bot.commands.get(key) ?? []).map(({ command }) => command);
    await emulator.waitFor(() => menu(`chat:${ada.person.user.id}|zh`).length > 0, PATIENCE);
    expect(menu("all_private_chats|")).toContain("queue");
    expect(menu("all_private_chats|zh")).toEqual(menu("all_private_chats|"));
    expect(menu("all_private_chats|")).not.toContain("panic");
    expect(menu(`chat:${ada.person.user.id}|`)).toContain("panic");
    expect(menu(`chat:${bo.person.user.id}|`)).toEqual([]);
  });

  test("a mode is chosen by button, and only the owner goes without questions", async () => {
    const picker = await ask(ada, "mode", "Mode here");
    press(ada, picker, "Plan only");
    await ada.said("From now on: Plan only", picker);
    await ask(ada, "settings", "permissionMode = Plan only");
    await ask(ada, "mode", "From now on: Ask first", "ask");
    await ask(bo, "mode", "只有机器人的所有者或管理员", "bypass");
    const settings = await ask(bo, "settings", "此聊天的设置");
    press(bo, settings, "详细程度");
    const levels = await bo.said("当前级别：1", settings);
    press(bo, levels, "2");
    await bo.said("级别 2", levels);
  });

  test("an answer can be traced, explained, exported and its conversation gone on with", async () => {
    const prompt = ada.seat.sendText("SAY:forty-two");
    await ada.answered("forty-two", prompt);
    const trace = await ada.said("✅ delivered", ada.seat.sendCommand("trace", "", { replyTo: prompt }));
    for (const hop of ["📤 sent", "📥 stored", "🚀 started", "✍️ first words", "🏁 answer ready"])
      expect(trace.text).toContain(hop);
    await ask(ada, "why", "🔧 No tools were used");
    const exported = await ask(ada, "export", "2 messages");
    const files = emulator
      .transcript(bot, ada.person)
      .visible.filter(({ id, from }) => from.kind === "bot" && id < exported.id)
      .slice(-2);
    expect(files.map(({ replyTo }) => replyTo)).toHaveLength(2);
    await ask(ada, "new", "New conversation");
    await ask(ada, "sessions", "2. SAY:forty-two");
    await ask(ada, "resume", "SAY:forty-two", "2");
  });

  test("what waits is shown and dropped while something runs", async () => {
    const first = ada.seat.sendText("GATE:commands\nSAY:the gate has opened");
    await rig.model.held("commands");
    ada.seat.sendText("SAY:this never runs");
    await emulator.waitFor(() => ada.botTexts().some((text) => text.includes("Queued (#1)")), PATIENCE);
    const queue = await ask(ada, "queue", "1. “SAY:this never runs”");
    expect(queue.text).toContain("⚙️ Runs: “GATE:commands");
    await ask(ada, "retry", "Not while something runs");
    await ask(ada, "cancel", "🗑 Dropped: 1.");
    rig.model.release("commands");
    await ada.answered("the gate has opened", first);
    const again = await ask(ada, "retry", "This one before it was not: “SAY:this never runs”");
    press(ada, again, "Retry");
    await ada.answered("this never runs", again);
    await ask(ada, "retry", "nothing to try again");
  });

  test("everything is stopped and let go again, by the owner alone", async () => {
    await ask(ada, "panic", "Everything is stopped");
    await ask(bo, "resume", "所有者或管理员可用 /resume 解除");
    await ask(ada, "doctor", "🔴 Everything is stopped (panic)");
    await ask(ada, "resume", "Released");
  });

  test("away makes it quiet, and back tells what was missed", async () => {
    await ask(ada, "away", "You are away");
    await ada.exchange("SAY:done while you were away", "done while you were away");
    const back = await ask(ada, "back", "answered 1");
    expect(back.text).toContain("• Claude: done while you were away");
  });

  test("own commands come with their files, and go with them", async () => {
    const folder = join(rig.home, "commands");
    writeFileSync(
      join(folder, "greet.md"),
      "---\ndescription: Say hello\narguments: name\n---\nSAY:hello $1\n",
      { mode: 0o600 },
    );
    writeFileSync(
      join(folder, "today.json"),
      JSON.stringify({ description: "What day it is", argv: ["echo", "it is", "$ARGUMENTS"] }),
      { mode: 0o600 },
    );
    writeFileSync(join(folder, "help.md"), "---\ndescription: Mine\n---\nno\n", { mode: 0o600 });
    const menu = () => (bot.commands.get("all_private_chats|") ?? []).map(({ command }) => command);
    await emulator.waitFor(() => menu().includes("greet"), PATIENCE);
    expect(menu()).not.toContain("today");
    const greeting = bo.seat.sendCommand("greet", "Bo");
    await bo.answered("hello Bo", greeting);
    await ask(ada, "today", "it is Sunday; $(id)", "Sunday; $(id)");
    await ask(bo, "today", "只有机器人的所有者或管理员");
    await ask(ada, "help", "/today – What day it is");
    await ask(ada, "doctor", "help.md");
  });

  test("what nobody takes any more is told to the owner, listed, and sent when it can be", async () => {
    const prompt = bo.seat.sendText("GATE:dead\nSAY:it arrives after all");
    await rig.model.held("dead");
    bo.seat.block();
    const since = { id: Math.max(...emulator.transcript(bot, ada.person).messages.map(({ id }) => id)) };
    rig.model.release("dead");
    const chat = String(bo.person.user.id);
    await ada.said(`chat ${chat} does not take it any more`, since);
    await ask(ada, "doctor", "steward deliveries --dead");
    const client = rig.client();
    const [dead] = await client.call(listDeliveries, { query: { state: "dead" } });
    expect(dead).toMatchObject({ chatId: chat, text: "it arrives after all" });
    bo.seat.unblock();
    await client.call(retryDelivery, { params: { deliveryId: dead?.id ?? "" } });
    await bo.answered("it arrives after all", prompt);
    expect(await client.call(listDeliveries, { query: { state: "dead" } })).toEqual([]);
  });
});

describe.each(cliVersions())("Claude Code's own commands, $name", ({ path }) => {
  let telegram: TelegramRig;
  let ada: TelegramChat;
  beforeAll(async () => {
    telegram = await startTelegramRig({ cli: path });
    ada = await telegram.pair("Ada");
  });
  afterAll(() => telegram.close());

  test("on the list are carried out by it, others are not known", async () => {
    const { emulator, rig } = telegram;
    // The older CLI compacts nothing shorter.
    for (const count of ["one", "two", "three"])
      await ada.exchange(`SAY:answer ${count} to be compacted`, `answer ${count} to be compacted`);
    const context = ada.seat.sendCommand("context");
    expect(await ada.answered("Context Usage", context)).toMatch(/tokens/i);
    const requests = rig.model.requests.length;
    const compact = ada.seat.sendCommand("compact");
    await emulator.waitFor(() => rig.model.requests.length > requests, PATIENCE);
    await ada.answered("🗜 The conversation is compacted", compact);
    await ada.answered("I do not know /clear", ada.seat.sendCommand("clear"));
  });
});
