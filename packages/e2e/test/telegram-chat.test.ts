import { listBots } from "@steward/contract/bots";
import type { Bot, TelegramEmulator } from "@steward/testkit/telegram";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import type { Rig } from "../src/rig.ts";
import { buttonOf, pairPerson, type TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

const PATIENCE = { timeoutMs: 30_000 };

describe("a person in Telegram", () => {
  let telegram: TelegramRig;
  let emulator: TelegramEmulator;
  let bot: Bot;
  let second: Bot;
  let rig: Rig;
  let ada: TelegramChat;

  beforeAll(async () => {
    const [cli] = cliVersions();
    telegram = await startTelegramRig({
      cli: cli?.path ?? "",
      bots: 2,
    });
    ({ emulator, rig, bot } = telegram);
    second = telegram.bots[1] ?? bot;
    ada = await telegram.pair("Ada");
  });
  afterAll(() => telegram.close());

  /** The eyes on these messages go when their answer is there. */
  const receiptsGone = (messages: readonly { id: number }[]) => {
    const ids = new Set(messages.map(({ id }) => id));
    const reacted = () =>
      emulator
        .transcript(bot, ada.person)
        .messages.filter(({ id, reactions }) => ids.has(id) && reactions.length > 0);
    return emulator.waitFor(() => reacted().length === 0, PATIENCE);
  };

  test("pastes more than a message holds, and gets one answer to the whole", async () => {
    const paste = `${"a long log line\n".repeat(600)}SAY:read to the end`;
    const parts = ada.seat.sendPaste(paste);
    expect(parts.length).toBe(3);
    const last = parts.at(-1) ?? { id: 0 };
    await ada.answered("read to the end", last);
    expect(rig.model.requests.filter(({ prompt }) => prompt?.includes("a long log line"))).toHaveLength(1);
    expect(rig.model.requests.at(-1)?.prompt).toContain(paste);
    expect(ada.botTexts().filter((text) => text.includes("read to the end"))).toHaveLength(1);
    await receiptsGone(parts);
    emulator.assertNoViolations();
  });

  test("sees a waiting message's place in the queue, and both answers in order", async () => {
    const first = ada.seat.sendText("GATE:queue\nSAY:the first of two");
    await rig.model.held("queue");
    const waiting = ada.seat.sendText("SAY:the second of two");
    expect((await ada.said("Queued (#1)", waiting)).replyTo).toBe(waiting.id);
    rig.model.release("queue");
    await ada.answered("the first of two", first);
    await ada.answered("the second of two", waiting);
    const texts = ada.botTexts();
    expect(texts.findIndex((text) => text.includes("the first of two"))).toBeLessThan(
      texts.findIndex((text) => text.includes("the second of two")),
    );
    emulator.assertNoViolations();
  });

  test("stops by the button below the message, and decides what becomes of what waits", async () => {
    const first = ada.seat.sendText(
      "GATE:button\nSLOW:4:20\nSAY:stopped by its button, which comes after a while",
    );
    await rig.model.held("button");
    const waiting = ada.seat.sendText("SAY:this one waited");
    await ada.said("Queued (#1)", waiting);
    const status = await emulator.waitForMessage(
      bot,
      ada.person,
      (each) => each.id > first.id && each.replyTo === undefined && each.replyMarkup !== undefined,
      PATIENCE,
    );
    const press = ada.seat.pressButton(status.id, buttonOf(status, "Stop"));
    await emulator.waitFor(() => press.answer, PATIENCE);
    expect(press.answer?.text).toContain("Stopping");
    const question = await ada.said("1 queued, on hold.", waiting);
    expect((await ada.said("⏹ Stopped.", first)).id).toBe(status.id);
    await receiptsGone([first]);
    expect(ada.botTexts().join("\n")).not.toContain("this one waited");
    ada.seat.pressButton(question.id, buttonOf(question, "Run"));
    await ada.answered("this one waited", waiting);
    await emulator.waitFor(
      () =>
        emulator.transcript(bot, ada.person).visible.find(({ id }) => id === question.id)?.replyMarkup ===
        undefined,
      PATIENCE,
    );
    rig.model.release("button");
    emulator.assertNoViolations();
  });

  test("stops by a plain word while something runs", async () => {
    const prompt = ada.seat.sendText("GATE:word\nSAY:stopped by a word");
    await rig.model.held("word");
    const word = ada.seat.sendText("Stop!");
    await ada.said("⏹ Stopped.", word);
    await ada.said("⏹ Stopped.", prompt);
    rig.model.release("word");
    emulator.assertNoViolations();
  });

  test("begins anew with /new, also when the next message follows at once", async () => {
    await ada.exchange("SAY:the old conversation", "the old conversation");
    const command = ada.seat.sendCommand("new");
    const next = ada.seat.sendText("RECALL");
    await ada.said("New conversation", command);
    const answer = await ada.answered("recall", next);
    expect(answer).not.toContain("the old conversation");
    emulator.assertNoViolations();
  });

  test("asks /status while something runs and when nothing does", async () => {
    ada.seat.sendText("GATE:status\nSAY:done with it");
    await rig.model.held("status");
    const busy = ada.seat.sendCommand("status");
    expect((await ada.said("⚙️ Working", busy)).text).toContain("“GATE:status SAY:done with it”");
    rig.model.release("status");
    await emulator.waitForMessage(bot, ada.person, ({ text }) => text === "done with it", PATIENCE);
    const idle = ada.seat.sendCommand("status");
    expect((await ada.said("🟢 Ready", idle)).text).toMatch(/Turns in this conversation: \d+ · \$\d/);
    emulator.assertNoViolations();
  });

  test("gets a long answer in parts, complete, in order, each part once, all below the limit", async () => {
    const prompt = ada.seat.sendText("PAD:12000");
    // A thought of its own, not the rest of the one before.
    const aMinuteLater = Math.floor(Date.now() / 1_000) + 60;
    const end = ada.seat.sendText("SAY:the end of it", { extra: { date: aMinuteLater } });
    await ada.answered("the end of it", end);
    const parts = emulator
      .transcript(bot, ada.person)
      .visible.filter(
        ({ id, from, text }) => id > prompt.id && from.kind === "bot" && text.includes("padding"),
      );
    const numbers = parts.flatMap(({ text }) =>
      [...text.matchAll(/line (\d+) of/g)].map((match) => Number(match[1])),
    );
    expect(numbers).toEqual(Array.from(numbers, (_, index) => index + 1));
    expect(numbers.length).toBeGreaterThan(480);
    expect(parts.length).toBeGreaterThanOrEqual(3);
    expect(parts.every(({ text }) => text.length <= 4096)).toBe(true);
    emulator.assertNoViolations();
  });

  test("is never met with silence: edits, stories and unknown commands get a sentence", async () => {
    const message = ada.seat.sendText("SAY:soon to be edited");
    await ada.answered("soon to be edited", message);
    ada.seat.edit(message, "SAY:changed my mind");
    await ada.said("before your edit", message);
    const stories = [1, 2, 3].map((id) =>
      ada.seat.sendContent({ story: { id, chat: { id: 1, type: "private" } } }),
    );
    const [first] = stories;
    if (first === undefined) throw new Error("three stories were sent");
    await ada.said("cannot read this kind", first);
    const command = ada.seat.sendCommand("stauts");
    await ada.said("Did you mean /status?", command);
    expect(ada.botTexts().filter((text) => text.includes("cannot read this kind"))).toHaveLength(1);
    emulator.assertNoViolations();
  });

  test("needs to be let in at each bot", async () => {
    const before = emulator.calls(second).length;
    ada.person.in(second).sendText("hello, second one");
    await emulator.waitForIdlePoll(second, PATIENCE);
    expect(emulator.calls(second).slice(before)).toEqual([]);
    const there = await pairPerson(rig, emulator, second, ada.person);
    await there.exchange("SAY:hello from the second bot", "hello from the second bot");
    expect(await there.exchange("RECALL", "recall")).not.toContain("the end of it");
    emulator.assertNoViolations();
  });

  test("loses one bot to a revoked token, not the other", async () => {
    emulator.revokeToken(second);
    // Ends the poll that is waiting; the next one is refused.
    ada.person.in(second).sendText("anybody there?");
    await expect
      .poll(
        async () => (await rig.client().call(listBots)).find(({ id }) => id === String(second.id))?.state,
        {
          timeout: 20_000,
        },
      )
      .toBe("unauthorized");
    await ada.exchange("SAY:still here", "still here");
  });
});
