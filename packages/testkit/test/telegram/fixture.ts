import { onTestFinished } from "vitest";
import { type EmulatorOptions, startTelegramEmulator } from "../../src/telegram/emulator.ts";
import { botClient } from "./bot-client.ts";

/** An emulator with one bot and Alice, who has said hello to it. Closed when the test ends. */
export async function startFixture(options: EmulatorOptions = {}) {
  const telegram = await startTelegramEmulator(options);
  onTestFinished(() => telegram.close());
  const bot = telegram.addBot({ username: "steward_bot" });
  const alice = telegram.user({ first_name: "Alice", language_code: "en" });
  const dm = alice.in(bot);
  const hello = dm.sendText("hello");
  return { telegram, bot, alice, dm, hello, chat_id: alice.id, call: botClient(telegram, bot) };
}
