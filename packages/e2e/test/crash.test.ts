import { getChatSession } from "@steward/contract/chat-history";
import type { Bot, TelegramEmulator } from "@steward/testkit/telegram";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import type { Rig } from "../src/rig.ts";
import type { TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

describe("when the API is killed in the middle of a turn", () => {
  let telegram: TelegramRig;
  let emulator: TelegramEmulator;
  let bot: Bot;
  let rig: Rig;
  let chat: TelegramChat;

  beforeAll(async () => {
    const [cli] = cliVersions();
    telegram = await startTelegramRig({ cli: cli?.path ?? "" });
    ({ emulator, rig, bot } = telegram);
    chat = await telegram.pair();
  });
  afterAll(() => telegram.close());

  const finals = (text: string) => chat.botTexts().filter((each) => each.includes(text));

  test("a turn that had started no tool is answered after the restart, once, with both sides in the history", async () => {
    const prompt = chat.seat.sendText("GATE:first\nSLOW:10:20\nSAY:answered after the crash");
    await rig.model.held("first");
    await rig.api.end("SIGKILL");
    rig.model.release("first");
    await rig.startApi();
    await chat.answered("answered after the crash", prompt);
    expect(finals("answered after the crash"), emulator.renderTranscript(bot, chat.person)).toHaveLength(1);
    const rows = await rig.client().call(getChatSession, {
      params: { session_id: `gw-${bot.id}-${chat.person.id}` },
      query: { limit: 2 },
    });
    expect(rows.map(({ role }) => role)).toEqual(["user", "assistant"]);
    emulator.assertNoViolations();
  });

  test("a turn whose tool had started is not run again: it is told as unfinished, with Retry and Continue", async () => {
    const before = rig.model.requests.length;
    const prompt = chat.seat.sendText(
      'TOOL:Bash:{"command":"tail -F nothing-yet.log","description":"wait"}\nSAY:never said',
    );
    const idle = rig.cliProcesses().length;
    await expect.poll(() => rig.cliProcesses().length, { timeout: 20_000 }).toBeGreaterThan(idle);
    const orphans = rig.cliProcesses().map(({ pid }) => pid);
    await rig.api.end("SIGKILL");
    await rig.startApi();
    // The new service ended everything of the old one before it said that it is ready.
    expect(rig.cliProcesses().filter(({ pid }) => orphans.includes(pid))).toEqual([]);
    const message = await emulator.waitForMessage(
      bot,
      chat.person,
      (each) => each.id > prompt.id && each.text.includes("restarted while working"),
      { timeoutMs: 40_000 },
    );
    expect(message.replyMarkup?.inline_keyboard.flat()).toHaveLength(2);
    expect(finals("restarted while working")).toHaveLength(1);
    expect(finals("never said")).toEqual([]);
    expect(rig.model.requests.slice(before).filter(({ kind }) => kind === "turn")).toHaveLength(1);
    await chat.exchange("SAY:and it goes on", "and it goes on");
    emulator.assertNoViolations();
  });

  test("the person can continue an unfinished turn by its button", async () => {
    const unfinished = emulator
      .transcript(bot, chat.person)
      .visible.find((message) => message.text.includes("restarted while working"));
    const buttons = unfinished?.replyMarkup?.inline_keyboard.flat() ?? [];
    const continuing = buttons.find((button) => button.text.includes("Continue"));
    if (!unfinished || !continuing || !("callback_data" in continuing)) throw new Error("no Continue button");
    const seen = rig.model.requests.length;
    chat.seat.pressButton({ id: unfinished.id }, continuing.callback_data);
    await expect.poll(() => rig.model.requests.length, { timeout: 20_000 }).toBeGreaterThan(seen);
    expect(rig.model.requests.at(-1)?.prompt).toContain("go on from there");
    emulator.assertNoViolations();
  });
});
