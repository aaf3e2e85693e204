import { setTimeout as sleep } from "node:timers/promises";
import type { Bot, TelegramEmulator } from "@steward/testkit/telegram";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import { createSeededRandom } from "../src/kill-sweep/seeded-random.ts";
import type { Rig } from "../src/rig.ts";
import type { TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

/** Another one by STEWARD_TEST_SEED; a failure prints the one it happened with. */
const SEED = Number(process.env.STEWARD_TEST_SEED ?? 40);
const ROUNDS = Number(process.env.STEWARD_TEST_KILLS ?? 8);

/** The bot is killed over and over, with lost answers of Telegram's on top. */
describe("when the bot is killed over and over while Telegram's answers get lost", () => {
  let telegram: TelegramRig;
  let emulator: TelegramEmulator;
  let bot: Bot;
  let rig: Rig;
  let chats: TelegramChat[];

  beforeAll(async () => {
    const [cli] = cliVersions();
    telegram = await startTelegramRig({ cli: cli?.path ?? "" });
    ({ emulator, rig, bot } = telegram);
    chats = [await telegram.pair(), await telegram.pair()];
  });
  afterAll(() => telegram.close());

  test(`row 40: every answer stands in its chat once, in order, after ${ROUNDS} kills (seed ${SEED})`, async () => {
    const random = createSeededRandom(SEED);
    const faults = emulator.faults.random({
      seed: SEED,
      rate: 0.1,
      kind: ["disconnect-after-accept", "502"],
    });
    const expected = chats.map((): string[] => []);
    for (let round = 0; round < ROUNDS; round++) {
      const at = round % chats.length;
      const text = `answer ${round} to chat ${at}`;
      // Every third answer is long: its parts are messages of their own.
      const length = round % 3 === 2 ? `PAD:6000\nSAY:${text}, ` : `SLOW:6:80\nSAY:${text}`;
      chats[at]?.seat.sendText(length);
      expected[at]?.push(text);
      await sleep(random.next() * 1_500);
      await rig.bot?.end("SIGKILL");
      await sleep(random.next() * 200);
      rig.startBot();
    }
    expect(faults.struck).toBeGreaterThan(0);
    emulator.faults.clear();
    for (const [at, chat] of chats.entries()) {
      const texts = expected[at] ?? [];
      for (const text of texts) await chat.answered(text, { id: 0 });
      // What is still on its way would show as a second copy.
      await chat.exchange(`SAY:the last word to chat ${at}`, `the last word to chat ${at}`);
      const shown = chat.botTexts().flatMap((each) => texts.filter((text) => each.includes(text)));
      expect(shown, emulator.renderTranscript(bot, chat.person)).toEqual(texts);
    }
    emulator.assertNoViolations();
  });
});
