import { listBots } from "@steward/contract/bots";
import { getChatStatus } from "@steward/contract/chats";
import type { Bot, TelegramEmulator } from "@steward/testkit/telegram";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import type { Rig } from "../src/rig.ts";
import type { TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

describe("when Telegram, the network or the API misbehave", () => {
  let telegram: TelegramRig;
  let emulator: TelegramEmulator;
  let bot: Bot;
  let rig: Rig;
  let ada: TelegramChat;
  let bob: TelegramChat;

  beforeAll(async () => {
    const [cli] = cliVersions();
    telegram = await startTelegramRig({ cli: cli?.path ?? "" });
    ({ emulator, rig, bot } = telegram);
    ada = await telegram.pair("Ada");
    bob = await telegram.pair("Bob");
  });
  afterEach(() => emulator.faults.clear());
  afterAll(() => telegram.close());

  const shownOnce = (chat: TelegramChat, text: string): void => {
    const found = chat.botTexts().filter((each) => each.includes(text));
    expect(found, emulator.renderTranscript(bot, chat.person)).toHaveLength(1);
  };
  const botState = async () =>
    (await rig.client().call(listBots)).find(({ id }) => id === String(bot.id))?.state;

  test("row 34: a flood wait holds its own chat as long as it says, nobody else's, and costs no answer", async () => {
    const flood = emulator.faults.next({
      kind: "429",
      retryAfter: 4,
      chat: ada.person.id,
      method: ["sendMessage", "editMessageText"],
    });
    const prompt = ada.seat.sendText("SAY:after the flood");
    await emulator.waitFor(() => flood.struck === 1, { timeoutMs: 20_000 });
    const struckAt = performance.now();
    await bob.exchange("SAY:high and dry", "high and dry");
    expect(performance.now() - struckAt).toBeLessThan(3_900);
    await ada.answered("after the flood", prompt);
    expect(performance.now() - struckAt).toBeGreaterThan(3_900);
    shownOnce(ada, "after the flood");
  });

  test("row 35: answers that get lost on the way back double no answer", async () => {
    const kinds = ["disconnect-after-accept", "disconnect-before", "502"] as const;
    const method = ["sendMessage", "editMessageText"] as const;
    const faults = emulator.faults.random({ seed: 35, rate: 0.25, kind: kinds, method });
    for (let round = 0; round < 6; round++) {
      await ada.exchange(
        `SLOW:8:60\nSAY:answer number ${round} of a stormy day`,
        `answer number ${round} of`,
      );
    }
    expect(faults.struck).toBeGreaterThan(0);
    emulator.faults.clear();
    for (let round = 0; round < 6; round++) shownOnce(ada, `answer number ${round} of a stormy day`);
  });

  test("row 36: what Telegram refuses to format arrives plain", async () => {
    emulator.faults.next({
      kind: "400",
      description: "Bad Request: can't parse MessageEntity: Unsupported type specified",
      method: "editMessageText",
      when: (call) => JSON.stringify(call.params).includes("bold statement"),
    });
    await ada.exchange("SAY:a **bold statement**", "a bold statement");
    shownOnce(ada, "a bold statement");
  });

  test("row 36: who blocks the bot gets nothing more, and everything again after coming back", async () => {
    bob.seat.sendText("GATE:block\nSAY:never read");
    await rig.model.held("block");
    bob.seat.block();
    rig.model.release("block");
    await expect
      .poll(async () => {
        const query = { botId: String(bot.id), chatId: String(bob.person.id), threadId: "" };
        return (await rig.client().call(getChatStatus, { query })).running;
      })
      .toBeNull();
    await ada.exchange("SAY:the others go on", "the others go on");
    bob.seat.unblock();
    await bob.exchange("SAY:welcome back", "welcome back");
    expect(bob.botTexts().filter((text) => text.includes("never read"))).toEqual([]);
  });

  test("row 37: while Telegram is away answers wait, and arrive in order when it is back", async () => {
    const first = ada.seat.sendText("GATE:away\nSAY:first after the silence");
    await rig.model.held("away");
    ada.seat.sendText("SAY:second after the silence");
    await emulator.waitForIdlePoll(bot, { timeoutMs: 10_000 });
    await emulator.faults.down();
    rig.model.release("away");
    await expect.poll(botState, { timeout: 20_000 }).toBe("unreachable");
    await emulator.faults.up();
    await ada.answered("first after the silence", first);
    await ada.answered("second after the silence", first);
    shownOnce(ada, "first after the silence");
    shownOnce(ada, "second after the silence");
    await expect.poll(botState, { timeout: 40_000 }).toBe("polling");
  });

  test("row 38: a second program with the same token is told of, and outlived", async () => {
    const rival = emulator.faults.next({
      kind: "409",
      method: "getUpdates",
      times: Number.POSITIVE_INFINITY,
    });
    // Ends the poll that is waiting; the next ones meet the rival.
    await ada.exchange("SAY:before the rival", "before the rival");
    await expect.poll(botState, { timeout: 20_000 }).toBe("conflict");
    rival.cancel();
    await ada.exchange("SAY:the rival is gone", "the rival is gone");
    await expect.poll(botState, { timeout: 20_000 }).toBe("polling");
  });

  test("row 39: an update that comes twice, or again from the past, is one update", async () => {
    const before = rig.model.requests.length;
    const prompt = ada.seat.sendText("SAY:said once");
    await ada.answered("said once", prompt);
    const raw = { message: rawMessage(ada, prompt.id, "SAY:said once") };
    const id = emulator.pushRaw(bot, raw);
    emulator.pushRaw(bot, { ...raw, update_id: id });
    await emulator.waitForIdlePoll(bot, { timeoutMs: 20_000 });
    await ada.exchange("SAY:and now something else", "and now something else");
    const turns = rig.model.requests.slice(before).filter(({ kind }) => kind === "turn");
    // Once as it was written, once more as the update that was pushed under a new number, twice.
    expect(turns.map(({ prompt: text }) => text)).toHaveLength(3);
  });

  test("row 39: updates that nobody can read do not hold up those behind them", async () => {
    emulator.pushRaw(bot, { message: 42 });
    emulator.pushRaw(bot, { hologram: { id: 1 } });
    emulator.pushRaw(bot, {});
    await ada.exchange("SAY:past the garbage", "past the garbage");
    shownOnce(ada, "past the garbage");
  });

  test("row 41: while the API is away nothing is lost: one word about it per chat, then everything in order", async () => {
    await rig.api.end("SIGKILL");
    const first = ada.seat.sendText("SAY:written while it was away");
    const aMinuteLater = Math.floor(Date.now() / 1_000) + 60;
    ada.seat.sendText("SAY:and this too", { extra: { date: aMinuteLater } });
    const notice = await emulator.waitForMessage(
      bot,
      ada.person,
      ({ id, text }) => id > first.id && text.includes("not answering"),
      { timeoutMs: 30_000 },
    );
    expect(emulator.pendingUpdates(bot).length).toBeGreaterThanOrEqual(2);
    await rig.startApi();
    await ada.answered("written while it was away", notice);
    await ada.answered("and this too", notice);
    shownOnce(ada, "not answering");
    shownOnce(ada, "written while it was away");
    shownOnce(ada, "and this too");
    const texts = ada.botTexts();
    const at = (part: string) => texts.findIndex((text) => text.includes(part));
    expect(at("written while it was away")).toBeLessThan(at("and this too"));
  });

  test("no call of all this broke a rule of the Bot API", () => {
    emulator.assertNoViolations();
  });
});

/** A private message as Telegram would send it. */
const rawMessage = ({ person }: TelegramChat, messageId: number, text: string) => ({
  message_id: messageId,
  date: 1_700_000_000,
  chat: { id: person.id, type: "private", first_name: person.user.first_name },
  from: { id: person.id, is_bot: false, first_name: person.user.first_name },
  text,
});
