import { fileURLToPath } from "node:url";
import { createInvitation } from "@steward/contract/invitations";
import type { Bot, Group, Person, TelegramEmulator } from "@steward/testkit/telegram";
import { type FakeTranscription, startFakeTranscription } from "@steward/testkit/transcription";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import type { Rig } from "../src/rig.ts";
import { pairPerson, type TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

/** What people saw at the end of the day, for reading; the test holds itself to it. */
const DAY = fileURLToPath(new URL("../../../docs/a-day-in-telegram.md", import.meta.url));
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);
const PATIENCE = { timeoutMs: 40_000 };

let telegram: TelegramRig;
let emulator: TelegramEmulator;
let rig: Rig;
let bot: Bot;
let listener: FakeTranscription;
let bo: Person;
let group: Group;

beforeAll(async () => {
  const [cli] = cliVersions();
  listener = await startFakeTranscription({ key: "sk-of-the-listener" });
  telegram = await startTelegramRig({
    cli: cli?.path ?? "",
    bots: 2,
    apiEnv: {
      STEWARD_TRANSCRIPTION: "openai",
      STEWARD_TRANSCRIPTION_URL: listener.url,
      STEWARD_TRANSCRIPTION_KEY: "sk-of-the-listener",
    },
  });
  ({ emulator, rig, bot } = telegram);
});
afterAll(async () => {
  await telegram.close();
  await listener.close();
  expect(listener.violations).toEqual([]);
});

/** The first message of the bot after `since` that says `text`. */

async function aQuestionAndItsAnswer(ada: TelegramChat): Promise<void> {
  await ada.exchange(
    "Good morning! What is on today?\nSAY:Good morning, Ada. **Nothing** is planned yet.",
    "planned",
  );
}

async function aPhoto(ada: TelegramChat): Promise<void> {
  const photo = ada.seat.sendPhoto(
    { data: PIXEL },
    { caption: "What is on this picture?\nSAY:A single pixel." },
  );
  await ada.answered("A single pixel.", photo);
  expect(JSON.stringify(rig.model.requests.at(-1)?.request)).toContain(PIXEL.toString("base64"));
}

async function aVoiceMessage(ada: TelegramChat): Promise<void> {
  listener.say("Put milk on the list.\nSAY:Milk is on the list.");
  const voice = ada.seat.sendVoice({ data: "OggS" }, { durationSeconds: 3 });
  const echo = await ada.said("🎤", voice);
  await ada.answered("Milk is on the list.", echo);
}

async function anApproval(ada: TelegramChat): Promise<void> {
  const command = JSON.stringify({ command: "mkdir reports" });
  const prompt = ada.seat.sendText(
    `Make a folder for the reports.\nTOOL:Bash:${command}\nSAY:The folder \`reports\` is there.`,
  );
  const question = await ada.said("mkdir reports", prompt);
  ada.seat.pressButton(question.id, "✅ Once");
  await ada.answered("is there", prompt);
}

async function aStop(ada: TelegramChat): Promise<void> {
  const prompt = ada.seat.sendText(
    "Count to a million.\nSAY:One, two, three, four, five, and so on.\nSLOW:4:20\nGATE:count",
  );
  await rig.model.held("count");
  ada.seat.sendCommand("stop");
  await ada.said("Stopped", prompt);
  rig.model.release("count");
}

async function aQueue(ada: TelegramChat): Promise<void> {
  const first = ada.seat.sendText("Look something up.\nGATE:queue\nSAY:Looked up: 42.");
  await rig.model.held("queue");
  const second = ada.seat.sendText("And what is half of it?\nSAY:Half of it is 21.");
  await ada.said("Queued (#1)", second);
  rig.model.release("queue");
  await ada.answered("Looked up: 42.", first);
  await ada.answered("Half of it is 21.", second);
}

async function aLongAnswer(ada: TelegramChat): Promise<void> {
  const prompt = ada.seat.sendText("Tell me everything about it.\nPAD:20000");
  await ada.said("all of it is in the file below", prompt);
  await emulator.waitForMessage(
    bot,
    ada.person,
    ({ id, media }) => id > prompt.id && media !== undefined,
    PATIENCE,
  );
}

/** The API dies while an answer is being written, and the bot with it. */
async function aRestartInTheMiddle(ada: TelegramChat): Promise<void> {
  const prompt = ada.seat.sendText(
    "Write down what we have done.\nGATE:restart\nSLOW:4:20\nSAY:We made a folder, and counted.",
  );
  await rig.model.held("restart");
  await Promise.all([rig.api.end("SIGKILL"), rig.bot?.end("SIGKILL")]);
  rig.model.release("restart");
  await rig.startApi();
  rig.startBot();
  await ada.answered("We made a folder, and counted.", prompt);
}

/** Ada invites Bo, adds the bot to their group and allows it there; it answers when it is meant. */
async function aGroup(ada: TelegramChat): Promise<void> {
  bo = emulator.user({ first_name: "Bo" });
  const { link } = await rig.client().call(createInvitation, { body: { botId: String(bot.id) } });
  bo.in(bot).sendCommand("start", /start=([\w-]+)$/.exec(link ?? "")?.[1] ?? "");
  await ada.said("came in by your invitation", { id: 0 });
  group = emulator.group({ title: "Beans", forum: true, owner: ada.person, people: [bo] });
  group.addBot(bot, "administrator");
  const question = await ada.said("has added me to the group", { id: 0 });
  ada.seat.pressButton(question.id, "✅ Allow");
  await ada.said("I may be used in", { id: 0 });
  ada.person.in(group).sendText("Bo, did you see the beans?");
  const asked = bo.in(group).sendText(`@${bot.username} When do we plant the beans?\nSAY:In May, Bo.`);
  await emulator.waitForMessage(
    bot,
    group,
    ({ id, text, from, replyMarkup }) =>
      id > asked.id && from.kind === "bot" && text === "In May, Bo." && !replyMarkup,
    PATIENCE,
  );
}

/** A topic is a conversation of its own. */
async function aTopic(): Promise<void> {
  const topic = group.createTopic("Harvest");
  const asked = bo.in(group).sendText(`@${bot.username} RECALL`, { thread: topic });
  const answer = await emulator.waitForMessage(
    bot,
    group,
    ({ id, from, threadId, replyMarkup }) =>
      id > asked.id && from.kind === "bot" && threadId === topic && !replyMarkup,
    PATIENCE,
  );
  expect(answer.text).not.toContain("In May");
}

async function aSecondBot(ada: TelegramChat): Promise<void> {
  const [, other] = telegram.bots;
  if (other === undefined) throw new Error("unreachable: the rig was started with two");
  const there = await pairPerson(rig, emulator, other, ada.person);
  await there.exchange("Do you know what we did?\nSAY:No: every bot has its own conversations.", "its own");
}

test("a day with Steward in Telegram", { timeout: 300_000 }, async () => {
  const ada = await telegram.pair("Ada");
  await aQuestionAndItsAnswer(ada);
  await aPhoto(ada);
  await aVoiceMessage(ada);
  await anApproval(ada);
  await aStop(ada);
  await aQueue(ada);
  await aLongAnswer(ada);
  await aRestartInTheMiddle(ada);
  await aGroup(ada);
  await aTopic();
  await aSecondBot(ada);

  // Receipts go when answers come; the last may still be on its way.
  const [, other = bot] = telegram.bots;
  const chats = [
    [bot, ada.person] as const,
    [bot, bo] as const,
    [bot, group] as const,
    [other, ada.person] as const,
  ];
  const screens = () => chats.map(([each, chat]) => emulator.renderScreen(each, chat)).join("\n\n");
  await expect.poll(screens, { timeout: 40_000 }).not.toContain("👀");
  await expect(`${INTRODUCTION}\n\n${readable(screens())}\n`).toMatchFileSnapshot(DAY);
  emulator.assertNoViolations();
});

const INTRODUCTION = `# A day in Telegram

What stands on the screen after a day with Steward, as an end-to-end test plays it (\`day-in-the-life.test.ts\`): the real
service, the real Claude CLI and a strict stand-in for Telegram. The model is scripted: the lines in capitals (\`SAY:\`,
\`TOOL:\`, \`GATE:\`) tell it what to do. \`⟦…⟧\` is a button.`;

/** Without what differs from day to day: codes, durations, costs. */
const readable = (screens: string): string =>
  screens
    .replaceAll(/(code: `|pair approve )[A-Z0-9]{8}/g, "$1ABCD2345")
    .replaceAll(/\/start [\w-]{20,}/g, "/start INVITATION")
    .replaceAll(/\b\d+:\d\d\b/g, "0:00");
