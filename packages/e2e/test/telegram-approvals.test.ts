import { type Approval, decideApproval, listApprovals } from "@steward/contract/approvals";
import { setPolicy } from "@steward/contract/policies";
import { type Bot, startTelegramEmulator, type TelegramEmulator } from "@steward/testkit/telegram";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import { type Rig, startRig } from "../src/rig.ts";
import { pairPerson, type TelegramChat } from "../src/telegram-chat.ts";

describe.each(cliVersions())("an approval in a Telegram chat on the $name", ({ path }) => {
  let emulator: TelegramEmulator;
  let bot: Bot;
  let rig: Rig;
  let ada: TelegramChat;

  beforeAll(async () => {
    emulator = await startTelegramEmulator();
    bot = emulator.addBot();
    rig = await startRig({ cli: path, telegram: { url: emulator.url, tokens: [bot.token] } });
    ada = await pairPerson(rig, emulator, bot, emulator.user());
  });
  afterAll(async () => {
    if (process.env.SHOW_TRANSCRIPTS) console.log(emulator.renderTranscript(bot, ada.person));
    await rig.close();
    await emulator.close();
  });

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

  test("is shown in the status message, also after the bot was started again, and only its person can answer", async () => {
    const prompt = ada.seat.sendText(`${bash("mkdir made")}\nSAY:it is made`);
    const approval = await pending();
    expect(approval.userId).toBe(String(ada.person.id));
    const shown = (after: number) =>
      emulator.waitForMessage(
        bot,
        ada.person,
        (message) => message.id > after && message.text.includes("Waiting for your approval"),
        { timeoutMs: 20_000 },
      );
    const { text } = await shown(prompt.id);
    expect(text).toContain("Bash: mkdir made");
    expect(text).toContain("steward approvals");

    await rig.bot?.end("SIGTERM");
    const edits = () => emulator.transcript(bot, ada.person).visible.at(-1)?.edits ?? 0;
    const before = edits();
    rig.startBot();
    await expect.poll(edits, { timeout: 20_000 }).toBeGreaterThan(before);
    expect((await shown(prompt.id)).text).toContain("Bash: mkdir made");

    await expect(decide(approval, "999")).rejects.toMatchObject({ status: 403, code: "forbidden" });
    await decide(approval, String(ada.person.id));
    await ada.answered("it is made", prompt);
    emulator.assertNoViolations();
  });

  test("row 23: that nobody answers is told as not done, beside the agent's own answer", async () => {
    await rig.client().call(setPolicy, {
      body: { botId: String(bot.id), name: "approvalTimeoutMs", value: 1_000 },
    });
    const prompt = ada.seat.sendText(`again ${bash("mkdir never")}\nSAY:I left it undone`);
    await ada.answered("I left it undone", prompt);
    await expect
      .poll(() => ada.botTexts().filter((text) => text.includes("Nobody answered within 1 s")), {
        timeout: 20_000,
      })
      .toEqual([expect.stringContaining("Bash: mkdir never")]);
    emulator.assertNoViolations();
  });
});
