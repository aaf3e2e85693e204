import { getChatSession } from "@steward/contract/chat-history";
import { getChatStatus } from "@steward/contract/chats";
import type { Bot, TelegramEmulator } from "@steward/testkit/telegram";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import type { Rig } from "../src/rig.ts";
import type { TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

/** Short enough to watch a session being suspended, long enough for two messages in a row to find it warm. */
const IDLE_SECONDS = 4;

describe.each(cliVersions())("a Telegram message on the $name", ({ path }) => {
  let telegram: TelegramRig;
  let emulator: TelegramEmulator;
  let bot: Bot;
  let rig: Rig;
  let ada: TelegramChat;
  let bob: TelegramChat;

  beforeAll(async () => {
    telegram = await startTelegramRig({
      cli: path,
      apiEnv: { GATEWAY_SESSION_TIMEOUT: String(IDLE_SECONDS) },
    });
    ({ emulator, rig, bot } = telegram);
    ada = await telegram.pair();
    bob = await telegram.pair();
  });
  afterAll(() => telegram.close());

  const status = (chat: TelegramChat) =>
    rig.client().call(getChatStatus, {
      query: { botId: String(bot.id), chatId: String(chat.person.id), threadId: "" },
    });
  const history = (chat: TelegramChat) =>
    rig.client().call(getChatSession, {
      params: { session_id: `gw-${bot.id}-${chat.person.id}` },
      query: { limit: 0 },
    });
  const suspended = async (chat: TelegramChat) => {
    await expect.poll(async () => (await status(chat)).session.state, { timeout: 20_000 }).toBe("suspended");
  };

  test("is answered once, in a message that grew, and stands in the history with both sides", async () => {
    const said = "the harbour lights are on, and every boat is home";
    // Long enough for two edits at the pace that a chat allows just after its pairing.
    const prompt = `SLOW:50:100\nSAY:${said}`;
    await ada.exchange(prompt, said);
    const messages = emulator
      .transcript(bot, ada.person)
      .visible.filter((message) => message.text.includes(said));
    const answers = messages.filter((message) => message.from.kind === "bot");
    expect(answers, emulator.renderTranscript(bot, ada.person)).toHaveLength(1);
    expect(answers[0]?.edits).toBeGreaterThanOrEqual(2);
    expect((await history(ada)).map(({ role, content }) => [role, content])).toEqual([
      ["user", prompt],
      ["assistant", said],
    ]);
    emulator.assertNoViolations();
  });

  test("finds its session warm, and after a suspension gets it back with what was said before", async () => {
    await ada.exchange("SAY:first of three", "first of three");
    const { pid } = (await status(ada)).session;
    await ada.exchange("SAY:second of three", "second of three");
    expect((await status(ada)).session.pid).toBe(pid);
    await suspended(ada);
    expect(rig.cliProcesses().map((process) => process.pid)).not.toContain(pid);
    expect(await ada.exchange("RECALL", "second of three")).toContain("first of three");
    emulator.assertNoViolations();
  });

  test("never sees what another chat said", async () => {
    await ada.exchange("SAY:the code word is walnut", "walnut");
    await bob.exchange("SAY:hello from bob", "hello from bob");
    expect(await bob.exchange("RECALL", "hello from bob")).not.toContain("walnut");
    expect(bob.botTexts().join("\n")).not.toContain("walnut");
    const [a, b] = await Promise.all([status(ada), status(bob)]);
    expect(a.conversation?.id).not.toBe(b.conversation?.id);
    expect(a.conversation?.cwd).not.toBe(b.conversation?.cwd);
  });

  test("is stopped at once by /stop: no child of the turn is left and the session stays warm", async () => {
    await ada.exchange("SAY:before the stop", "before the stop");
    const { pid } = (await status(ada)).session;
    // By their pids, not their number: what a session has begun with may end meanwhile.
    const before = new Set(rig.cliProcesses().map((each) => each.pid));
    const children = () => rig.cliProcesses().filter((each) => !before.has(each.pid));
    const prompt = ada.seat.sendText('TOOL:Bash:{"command":"tail -F nothing-yet.log","description":"wait"}');
    await expect.poll(() => children().length, { timeout: 20_000 }).toBeGreaterThan(0);
    ada.seat.sendCommand("stop");
    await ada.answered("⏹ Stopped", prompt);
    expect(children()).toEqual([]);
    expect((await status(ada)).session).toMatchObject({ state: "ready", pid });
    await ada.exchange("SAY:after the stop", "after the stop");
    expect((await status(ada)).session.pid).toBe(pid);
    emulator.assertNoViolations();
  });

  test("is answered exactly once although the bot is killed in the middle of the answer", async () => {
    const prompt = ada.seat.sendText("GATE:middle\nSLOW:20:50\nSAY:survived the kill of the bot");
    await rig.model.held("middle");
    await expect
      .poll(() => emulator.transcript(bot, ada.person).visible.at(-1)?.from.kind, { timeout: 10_000 })
      .toBe("bot");
    await rig.bot?.end("SIGKILL");
    rig.model.release("middle");
    rig.startBot();
    await ada.answered("survived the kill of the bot", prompt);
    const finals = ada.botTexts().filter((text) => text.includes("survived the kill of the bot"));
    expect(finals, emulator.renderTranscript(bot, ada.person)).toHaveLength(1);
    emulator.assertNoViolations();
  });
});
