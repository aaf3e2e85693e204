import { createInvitation } from "@steward/contract/invitations";
import type { Group, Person, TelegramEmulator } from "@steward/testkit/telegram";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import type { TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

const PATIENCE = { timeoutMs: 30_000 };

describe("an owner, whom they invite, and their group", () => {
  let telegram: TelegramRig;
  let emulator: TelegramEmulator;
  let ada: TelegramChat;
  let bo: Person;
  let eve: Person;
  let group: Group;

  beforeAll(async () => {
    const [cli] = cliVersions();
    telegram = await startTelegramRig({ cli: cli?.path ?? "" });
    ({ emulator } = telegram);
    ada = await telegram.pair("Ada");
    bo = emulator.user({ first_name: "Bo" });
    eve = emulator.user({ first_name: "Eve" });
    group = emulator.group({ type: "group", title: "Team", owner: ada.person, people: [bo, eve] });
  });
  afterAll(() => telegram.close());

  const at = () => `@${telegram.bot.username}`;
  const shown = (where: Person | Group, text: string) =>
    emulator.waitForMessage(
      telegram.bot,
      where,
      (each) => each.from.kind === "bot" && each.text.includes(text),
      PATIENCE,
    );
  /** What the bot's answer to this says, once it stands there. */
  const answered = (text: string) =>
    emulator.waitForMessage(
      telegram.bot,
      group,
      (each) => each.from.kind === "bot" && each.text.includes(text) && !each.replyMarkup,
      PATIENCE,
    );
  const spoken = () =>
    emulator.transcript(telegram.bot, group).messages.filter((each) => each.from.kind === "bot");
  const prompts = () => telegram.rig.model.requests.map(({ prompt }) => prompt ?? "");

  test("a link lets one person in; the owner is told, and warned that one subscription is shared", async () => {
    const { link } = await telegram.rig
      .client()
      .call(createInvitation, { body: { botId: String(telegram.bot.id) } });
    const [, username, code = ""] = /^https:\/\/t\.me\/(\w+)\?start=([\w-]+)$/.exec(link ?? "") ?? [];
    expect(username).toBe(telegram.bot.username);
    bo.in(telegram.bot).sendCommand("start", code);
    await shown(bo, "You are paired with this bot");
    await shown(ada.person, `Bo (${bo.user.id}) came in by your invitation, as user.`);
    eve.in(telegram.bot).sendCommand("start", code);
    await shown(eve, "This invitation is unknown, used or expired.");
  });

  test("a stranger who asks is refused by the owner with a button, and hears nothing more", async () => {
    eve.in(telegram.bot).sendCommand("start");
    await shown(eve, "Your pairing code");
    const question = await shown(ada.person, `Eve (${eve.user.id}) asks to use this bot`);
    ada.seat.pressButton(question, "🚫 Refuse");
    const refused = await shown(ada.person, `Eve (${eve.user.id}) was refused`);
    expect(refused.id).toBe(question.id);
    expect(refused.replyMarkup).toBeUndefined();
    const before = emulator.transcript(telegram.bot, eve).messages.length;
    eve.in(telegram.bot).sendText("let me in");
    await ada.exchange("SAY:still here", "still here");
    expect(emulator.transcript(telegram.bot, eve).messages.length).toBe(before + 1);
  });

  test("the bot is silent in a group until the owner allows it there with a button", async () => {
    // As an administrator it is shown everything: what it does not answer it has read.
    group.addBot(telegram.bot, "administrator");
    ada.person.in(group).sendText(`${at()} SAY:too early`);
    const question = await shown(ada.person, "Ada has added me to the group “Team”");
    ada.seat.pressButton(question, "✅ Allow");
    await shown(ada.person, "I may be used in “Team”");
    bo.in(group).sendText(`${at()} SAY:hello Bo`);
    await answered("hello Bo");
    expect(prompts().filter((prompt) => prompt.includes("too early"))).toEqual([]);
    expect(prompts().at(-1)).toContain("Bo: SAY:hello Bo");
    expect(prompts().at(-1)).not.toContain(at());
  });

  test("there it answers people who are paired, when it is meant, and nobody and nothing else", async () => {
    const before = spoken().length;
    bo.in(group).sendText("SAY:not for the bot");
    bo.in(group).sendCommand("status");
    bo.in(group).sendCommand("status", "", { to: { username: "other_bot" } });
    eve.in(group).sendText(`${at()} SAY:from a stranger`);
    eve.in(group).sendCommand("status", "", { to: telegram.bot });
    const chat = { id: group.id, type: "group", title: "Team" };
    const anonymous = { id: 1087968824, is_bot: true, first_name: "Group", username: "GroupAnonymousBot" };
    ada.person.in(group).sendText(`${at()} SAY:from nobody`, {
      extra: { from: anonymous, sender_chat: chat, author_signature: "admin" },
    });
    await emulator.waitForIdlePoll(telegram.bot, PATIENCE);
    const asked = bo.in(group).sendText(`RECALL ${at()}`);
    const answer = await emulator.waitForMessage(
      telegram.bot,
      group,
      (each) => each.id > asked.id && each.from.kind === "bot" && each.text.includes("hello Bo"),
      PATIENCE,
    );
    expect(spoken()).toHaveLength(before + 1);
    const heard = prompts().join("\n");
    for (const text of ["not for the bot", "from a stranger", "from nobody"])
      expect(heard).not.toContain(text);
    bo.in(group).sendText("SAY:by a reply", { replyTo: answer });
    await answered("by a reply");
    bo.in(group).sendCommand("whoami", "", { to: telegram.bot });
    await shown(group, String(bo.user.id));
  });

  test("as a supergroup it keeps its conversation, and what is still to be said goes there", async () => {
    const old = group.id;
    bo.in(group).sendText(`${at()} GATE:moving\nSAY:said after the move`);
    await telegram.rig.model.held("moving");
    const moved = group.migrate();
    expect(moved).not.toBe(old);
    await emulator.waitForIdlePoll(telegram.bot, PATIENCE);
    telegram.rig.model.release("moving");
    await answered("said after the move");
    bo.in(group).sendText(`${at()} RECALL`);
    const recalled = await answered("hello Bo");
    expect(recalled.text).toContain("said after the move");
    const screens = emulator.transcript(telegram.bot, old).messages.map(({ text }) => text);
    expect(screens.filter((text) => text.includes("said after the move") && !text.includes("GATE"))).toEqual(
      [],
    );
    expect(
      emulator
        .transcript(telegram.bot, moved)
        .visible.filter(({ text, from }) => from.kind === "bot" && text === "said after the move"),
    ).toHaveLength(1);
  });
});
