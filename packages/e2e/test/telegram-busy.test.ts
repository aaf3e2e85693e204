import type { Bot, TelegramEmulator } from "@steward/testkit/telegram";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import type { Rig } from "../src/rig.ts";
import type { TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

const PATIENCE = { timeoutMs: 30_000 };
const TAKEN_OUT = "🗑 Taken out of the queue";
const OVERTAKEN = "a later message of yours goes first";

describe("a busy chat", () => {
  let telegram: TelegramRig;
  let emulator: TelegramEmulator;
  let bot: Bot;
  let rig: Rig;
  let ada: TelegramChat;

  beforeAll(async () => {
    const [cli] = cliVersions();
    telegram = await startTelegramRig({ cli: cli?.path ?? "" });
    ({ emulator, rig, bot } = telegram);
    ada = await telegram.pair("Ada");
  });
  afterAll(() => telegram.close());

  type Shown = Awaited<ReturnType<TelegramChat["said"]>>;
  const shown = (message: { id: number }) =>
    emulator.transcript(bot, ada.person).visible.find(({ id }) => id === message.id);
  /** Something that goes on until the gate is opened, or it is stopped. */
  const keepBusy = async (gate: string): Promise<{ id: number }> => {
    const message = ada.seat.sendText(`GATE:${gate}\nSAY:the end of ${gate}`);
    await rig.model.held(gate);
    return message;
  };
  /** A message that waits, once it shows its place. */
  const queue = async (text: string, place: number): Promise<{ id: number; status: Shown }> => {
    const message = ada.seat.sendText(text);
    return { id: message.id, status: await ada.said(`Queued (#${place})`, message) };
  };
  const asked = (text: string): number =>
    rig.model.requests.filter(({ prompt }) => prompt?.includes(text)).length;

  test("Send now stops what runs, goes next, and the other keeps its turn and shows its new place", async () => {
    const first = await keepBusy("now");
    const second = await queue("SAY:the patient one", 1);
    const third = await queue("GATE:mine\nSAY:the hasty one", 2);
    expect(await ada.press(third.status, "Send now")).toContain("Stopping what runs");
    await ada.said(OVERTAKEN, first);
    await rig.model.held("mine");
    expect(shown(second.status)?.text).toContain("Queued (#1)");
    rig.model.release("mine");
    await ada.answered("the hasty one", third);
    await ada.answered("the patient one", second);
    const texts = ada.botTexts().join("\n");
    expect(texts).not.toContain("the end of now");
    expect([asked("the patient one"), asked("the hasty one")]).toEqual([1, 1]);
    rig.model.release("now");
    emulator.assertNoViolations();
  });

  test("Cancel drops one message, once; its status message says so and the others move up", async () => {
    await keepBusy("cancel");
    const second = await queue("SAY:never to be asked", 1);
    const third = await queue("SAY:asked after all", 2);
    expect(await ada.press(second.status, "Cancel")).toContain("Taken out of the queue");
    await emulator.waitFor(() => shown(second.status)?.text.includes(TAKEN_OUT), PATIENCE);
    expect(shown(second.status)?.replyMarkup).toBeUndefined();
    await emulator.waitFor(() => shown(third.status)?.text.includes("Queued (#1)"), PATIENCE);
    // A client that has not seen the change yet.
    expect(await ada.press(second.status, "Cancel")).toBe("It has already ended.");
    rig.model.release("cancel");
    await ada.answered("asked after all", third);
    expect(asked("never to be asked")).toBe(0);
    await emulator.waitFor(() => shown(second)?.reactions.length === 0, PATIENCE);
    emulator.assertNoViolations();
  });

  test("row 39: the edit of a message that waits counts and shows that it does", async () => {
    await keepBusy("edit");
    const second = await queue("SAY:wrong", 1);
    ada.seat.edit(second, "SAY:put right");
    await emulator.waitFor(
      () => shown(second)?.reactions.some(({ reaction }) => "emoji" in reaction && reaction.emoji === "✍"),
      PATIENCE,
    );
    rig.model.release("edit");
    await ada.answered("put right", second);
    expect(asked("SAY:wrong")).toBe(0);
    emulator.assertNoViolations();
  });

  test("row 39: the edit of one that runs asks, runs once when it is wanted, and stops the old one", async () => {
    const first = await keepBusy("late");
    ada.seat.edit(first, "SAY:as it was meant");
    const question = await ada.said("your edit does not reach it", first);
    expect(question.replyTo).toBe(first.id);
    expect(asked("as it was meant")).toBe(0);
    expect(await ada.press(question, "Run again")).toContain("Running it with the edit");
    await ada.answered("as it was meant", first);
    await emulator.waitFor(() => shown(question)?.replyMarkup === undefined, PATIENCE);
    expect(await ada.press(question, "Run again")).toContain("already run");
    expect(asked("as it was meant")).toBe(1);
    expect(ada.botTexts().join("\n")).not.toContain("the end of late");

    ada.seat.edit(first, "SAY:and once more");
    const again = await ada.said("before your edit", question);
    await ada.press(again, "Run again");
    await ada.answered("and once more", first);
    expect(asked("and once more")).toBe(1);
    rig.model.release("late");
    emulator.assertNoViolations();
  });

  test("!text interrupts and is next; !! is how to say it", async () => {
    const first = await keepBusy("urgent");
    const second = await queue("SAY:in its own time", 1);
    const urgent = ada.seat.sendText("！SAY:at once");
    await ada.said(OVERTAKEN, first);
    await ada.answered("at once", urgent);
    await ada.answered("in its own time", second);
    const plain = ada.seat.sendText("!!SAY:with its mark");
    await ada.answered("with its mark", plain);
    expect(asked("!SAY:with its mark")).toBe(1);
    expect(asked("！SAY:at once")).toBe(0);
    rig.model.release("urgent");
    emulator.assertNoViolations();
  });

  test("/stop and stop as replies concern one message's turn, asked, shown or ended", async () => {
    const first = await keepBusy("reply");
    const second = await queue("SAY:dropped by a reply", 1);
    const third = await queue("SAY:not touched", 2);
    const replyTo = (message: { id: number }) => ({ replyTo: message });
    ada.seat.sendCommand("stop", "", replyTo(second));
    await emulator.waitFor(() => shown(second.status)?.text.includes(TAKEN_OUT), PATIENCE);
    const word = ada.seat.sendText("stop", replyTo(first));
    await ada.said("⏹ Stopped.", first);
    await ada.answered("not touched", third);
    expect(ada.botTexts().slice(-3).join("\n")).not.toContain("on hold");
    const late = ada.seat.sendCommand("stop", "", replyTo(first));
    await ada.said("Nothing of that message is running", late);
    expect(asked("dropped by a reply")).toBe(0);
    expect(word.id).toBeGreaterThan(0);
    rig.model.release("reply");
    emulator.assertNoViolations();
  });

  test("a plan is shown without its mark, outlives the API and is carried out once, by button or word", async () => {
    const carriedOut = (): number => asked("The plan has been confirmed");
    const first = ada.seat.sendText("SAY:1. build it [HARNESS_EXEC_READY]");
    const plan = await ada.said("Shall I carry this out?", first);
    expect(plan.text).toContain("1. build it");
    expect(ada.botTexts().join("\n")).not.toContain("HARNESS_EXEC_READY");
    await rig.api.end("SIGKILL");
    await rig.startApi();
    expect(await ada.press(plan, "Revise")).toContain("what should be different");
    expect(await ada.press(plan, "Go ahead")).toContain("Carrying it out");
    await emulator.waitFor(() => carriedOut() === 1, PATIENCE);
    expect(await ada.press(plan, "Go ahead")).toContain("was decided");

    const second = ada.seat.sendText("SAY:2. ship it [HARNESS_EXEC_READY]");
    await ada.said("Shall I carry this out?", second);
    const revision = ada.seat.sendText("SAY:3. ship less [HARNESS_EXEC_READY]");
    await ada.said("3. ship less", revision);
    ada.seat.sendText("好的");
    await emulator.waitFor(() => carriedOut() === 2, PATIENCE);
    expect(ada.botTexts().join("\n")).not.toContain("HARNESS_EXEC_READY");
    emulator.assertNoViolations();
  });

  test("places, edits and what was sent ahead outlive the API", async () => {
    await keepBusy("restart");
    const second = await queue("SAY:wrong before the restart", 1);
    const third = await queue("SAY:right before the restart", 2);
    ada.seat.edit(second, "SAY:edited before the restart");
    await emulator.waitFor(
      () => shown(second)?.reactions.some(({ reaction }) => "emoji" in reaction && reaction.emoji === "✍"),
      PATIENCE,
    );
    await rig.api.end("SIGKILL");
    await rig.startApi();
    rig.model.release("restart");
    await ada.answered("edited before the restart", second);
    await ada.answered("right before the restart", third);
    expect(asked("wrong before the restart")).toBe(0);
    expect([asked("edited before the restart"), asked("right before the restart")]).toEqual([1, 1]);
    emulator.assertNoViolations();
  });
});
