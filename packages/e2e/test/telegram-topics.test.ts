import type { Bot, TelegramEmulator } from "@steward/testkit/telegram";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import { BOT_ENTRY, type Rig } from "../src/rig.ts";
import { startService } from "../src/service-process.ts";
import type { TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

const PATIENCE = { timeoutMs: 30_000 };

describe("topics in a private chat", () => {
  let telegram: TelegramRig;
  let emulator: TelegramEmulator;
  let bot: Bot;
  let rig: Rig;
  let ada: TelegramChat;

  beforeAll(async () => {
    const [cli] = cliVersions();
    telegram = await startTelegramRig({
      cli: cli?.path ?? "",
      botOptions: { hasTopicsEnabled: true, allowsUsersToCreateTopics: true },
    });
    ({ emulator, rig, bot } = telegram);
    ada = await telegram.pair("Ada");
  });
  afterAll(() => telegram.close());

  const said = (text: string, thread: number, since: { id: number }) =>
    emulator.waitForMessage(
      bot,
      ada.person,
      (each) =>
        each.id > since.id &&
        each.from.kind === "bot" &&
        each.threadId === thread &&
        each.text.includes(text),
      PATIENCE,
    );
  const calls = (method: string) => emulator.calls(bot).filter((call) => call.method === method);

  test("are sessions of their own: what waits, is stopped, edited and confirmed in one is nothing to the other", async () => {
    const one = ada.seat.createTopic("New Chat", { isNameImplicit: true });
    const two = ada.seat.createTopic("Builds");
    const first = ada.seat.sendText("GATE:one\nSAY:the end of one", { thread: one });
    await rig.model.held("one");
    const waiting = ada.seat.sendText("SAY:it waits in one", { thread: one });
    await said("Queued (#1)", one, waiting);
    const other = ada.seat.sendText("SAY:two is free", { thread: two });
    await said("two is free", two, other);
    const stop = ada.seat.sendCommand("stop", "", { thread: two });
    await said("Nothing is running", two, stop);
    ada.seat.edit(waiting, "SAY:edited in one");
    const isNoted = () =>
      emulator
        .transcript(bot, ada.person)
        .messages.find(({ id }) => id === waiting.id)
        ?.reactions.some(({ reaction }) => "emoji" in reaction && reaction.emoji === "✍");
    await emulator.waitFor(isNoted, PATIENCE);
    rig.model.release("one");
    await said("the end of one", one, first);
    await said("edited in one", one, waiting);
    const recall = ada.seat.sendText("RECALL", { thread: two });
    expect((await said("recall", two, recall)).text).not.toContain("it waits in one");
    emulator.assertNoViolations();
  });

  test("are named after their first question where nobody has named them, once", async () => {
    await emulator.waitFor(() => calls("editForumTopic").length === 1, PATIENCE);
    const [renamed] = calls("editForumTopic");
    expect(renamed?.params).toMatchObject({ name: expect.stringContaining("GATE:one") });
    emulator.assertNoViolations();
  });

  test("row 38: a second bot on the same data directory waits, and takes over when the first is gone", async () => {
    const second = startService(BOT_ENTRY, {
      ...rig.env,
      TELEGRAM_API_ROOT: emulator.url,
      TELEGRAM_BOT_TOKENS: bot.token,
    });
    try {
      await second.printed("already serves this bot");
      const asked = ada.seat.sendText("SAY:still the first one");
      await emulator.waitForMessage(
        bot,
        ada.person,
        (each) => each.id > asked.id && each.text === "still the first one",
        PATIENCE,
      );
      await rig.bot?.end("SIGKILL");
      const again = ada.seat.sendText("SAY:now the second one");
      await emulator.waitForMessage(
        bot,
        ada.person,
        (each) => each.id > again.id && each.text === "now the second one",
        PATIENCE,
      );
      expect(ada.botTexts().filter((text) => text === "now the second one")).toHaveLength(1);
    } finally {
      await second.end("SIGTERM");
    }
    emulator.assertNoViolations();
  });
});
