import { type Approval, decideApproval, listApprovals } from "@steward/contract/approvals";
import { setPolicy } from "@steward/contract/policies";
import type { Bot, TelegramEmulator } from "@steward/testkit/telegram";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import type { Rig } from "../src/rig.ts";
import type { TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

describe.each(cliVersions())("an approval in a Telegram chat on the $name", ({ path }) => {
  let telegram: TelegramRig;
  let emulator: TelegramEmulator;
  let bot: Bot;
  let rig: Rig;
  let ada: TelegramChat;

  beforeAll(async () => {
    telegram = await startTelegramRig({ cli: path });
    ({ emulator, rig, bot } = telegram);
    ada = await telegram.pair();
  });
  afterAll(() => telegram.close());

  const bash = (command: string): string => `TOOL:Bash:${JSON.stringify({ command })}`;
  const pending = async (): Promise<Approval> => {
    const list = () => rig.client().call(listApprovals, { query: { state: "pending" } });
    await expect.poll(async () => (await list()).length, { timeout: 30_000 }).toBe(1);
    const [approval] = await list();
    if (!approval) throw new Error("unreachable: the poll has counted");
    return approval;
  };
  const decide = ({ id, inputHash }: Approval, userId: string) =>
    rig.client().call(decideApproval, {
      params: { approvalId: id },
      body: { decision: "once", inputHash, userId },
    });

  type Shown = ReturnType<TelegramEmulator["transcript"]>["messages"][number];
  const from = (emulated: TelegramEmulator) => emulated.transcript(bot, ada.person).messages;
  const shown = (test: (message: Shown) => boolean) =>
    emulator.waitForMessage(bot, ada.person, test, { timeoutMs: 30_000 });
  const buttonsOf = ({ id }: { id: number }): string[] => {
    const markup = from(emulator).find((message) => message.id === id)?.replyMarkup;
    return (markup?.inline_keyboard ?? []).flat().map(({ text }) => text);
  };
  /** The question itself: the status message names the tool as well, with a button to stop it. */
  const asked = (words: string, after: { id: number }) =>
    shown(
      ({ id, text }) =>
        id > after.id && text.includes(words) && buttonsOf({ id }).some((label) => label.startsWith("🚫")),
    );

  test("is asked with the exact command, survives the bot's restart, and a press lets it run", async () => {
    const prompt = ada.seat.sendText(`${bash("mkdir made")}\nSAY:it is made`);
    const question = await asked("May I use Bash?", prompt);
    expect(question.text).toContain("mkdir made");
    expect(buttonsOf(question)).toEqual(["✅ Once", "✅ This session", "🚫 No"]);
    const approval = await pending();
    expect(approval.userId).toBe(String(ada.person.id));

    await rig.bot?.end("SIGTERM");
    rig.startBot();
    await expect(decide(approval, "999")).rejects.toMatchObject({ status: 403, code: "forbidden" });
    const press = ada.seat.pressButton(question, "✅ Once");
    await ada.answered("it is made", prompt);
    await shown(({ id, text }) => id === question.id && text.includes("Allowed, this once"));
    expect(press.answer?.text).toBe("✅ Allowed");
    expect(buttonsOf(question)).toEqual([]);
    // Asked once, however often the bot was started.
    const questions = from(emulator).filter(({ text }) => /^(🔐|✅)[\s\S]*mkdir made/u.test(text));
    expect(questions).toHaveLength(1);
    emulator.assertNoViolations();
  });

  test("that was answered in the terminal loses its buttons here, and an old button is harmless", async () => {
    const prompt = ada.seat.sendText(`${bash("mkdir elsewhere")}\nSAY:so be it`);
    const question = await asked("mkdir elsewhere", prompt);
    const approval = await pending();
    await rig.client().call(decideApproval, {
      params: { approvalId: approval.id },
      body: { decision: "deny", inputHash: approval.inputHash, message: "not there" },
    });
    await ada.answered("so be it", prompt);
    const ended = await shown(({ id, text }) => id === question.id && text.includes("Not allowed"));
    expect(ended.text).toContain("Told: not there");
    const late = ada.seat.pressButton(question, "✅ Once", { stale: true });
    await expect.poll(() => late.answer?.text, { timeout: 20_000 }).toContain("answered before");
    emulator.assertNoViolations();
  });

  test("a question of several is answered by its options, one after the other", async () => {
    const questions = [
      {
        question: "Which colour?",
        header: "Colour",
        multiSelect: false,
        options: [
          { label: "Red", description: "warm" },
          { label: "Blue", description: "cool" },
        ],
      },
      {
        question: "Which sizes?",
        header: "Size",
        multiSelect: true,
        options: [
          { label: "S", description: "small" },
          { label: "L", description: "large" },
        ],
      },
    ];
    const prompt = ada.seat.sendText(`TOOL:AskUserQuestion:${JSON.stringify({ questions })}\nSAY:thank you`);
    const question = await asked("Which colour?", prompt);
    expect(buttonsOf(question)).toEqual(["1. Red", "2. Blue", "🚫 Do not answer"]);
    ada.seat.pressButton(question, "2. Blue");
    await shown(({ id, text }) => id === question.id && text.includes("Which sizes?"));
    expect(buttonsOf(question)).toEqual(["⬜ S", "⬜ L", "🚫 Do not answer"]);
    ada.seat.pressButton(question, "⬜ L");
    await expect.poll(() => buttonsOf(question), { timeout: 20_000 }).toContain("☑️ L");
    ada.seat.pressButton(question, "✔️ Done");
    await ada.answered("thank you", prompt);
    const ended = await shown(({ id, text }) => id === question.id && text.includes("Answered"));
    expect(ended.text).toContain("Blue");
    expect(buttonsOf(question)).toEqual([]);
    emulator.assertNoViolations();
  });

  test("is answered by a reply in words, which the agent is told", async () => {
    const prompt = ada.seat.sendText(`${bash("mkdir there")}\nSAY:as you like`);
    const question = await asked("mkdir there", prompt);
    ada.seat.sendText("use another directory", { replyTo: question });
    await ada.answered("as you like", prompt);
    const ended = await shown(({ id, text }) => id === question.id && text.includes("Not allowed"));
    expect(ended.text).toContain("Told: use another directory");
    emulator.assertNoViolations();
  });

  test("row 23: that nobody answers is told as not done, beside the agent's own answer", async () => {
    await rig.client().call(setPolicy, {
      body: { botId: String(bot.id), name: "approvalTimeoutMs", value: 1_000 },
    });
    const prompt = ada.seat.sendText(`again ${bash("mkdir never")}\nSAY:I left it undone`);
    await ada.answered("I left it undone", prompt);
    const ended = await shown(
      ({ id, text }) =>
        id > prompt.id && text.includes("Nobody answered within 1 s") && text.includes("mkdir never"),
    );
    expect(buttonsOf(ended)).toEqual([]);
    emulator.assertNoViolations();
  });
});
