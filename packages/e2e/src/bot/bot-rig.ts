import { type BotRunner, createBotRunner } from "@steward/bot/bot-runner";
import { createFakeSteward, STEWARD_TOKEN } from "@steward/bot/fake-steward";
import { createInProcessSteward } from "@steward/bot/in-process-steward";
import { createClient } from "@steward/client/client";
import { createFakeClock } from "@steward/platform/clock";
import { createMemoryLogger } from "@steward/platform/logger";
import { createBotApi } from "@steward/telegram/api";
import { createFileSource } from "@steward/telegram/files";
import { type Person, startTelegramEmulator } from "@steward/testkit/telegram";
import { onTestFinished } from "vitest";

/**
 * A whole bot between the strict emulator and a Steward in memory, all on one clock that the test moves: no network, so
 * that a day of outage passes in a second, always in the same way. When the test ends nothing may have been called that
 * the Bot API would refuse.
 */
export async function startBotRig() {
  const clock = createFakeClock();
  const telegram = await startTelegramEmulator({ clock });
  const bot = telegram.addBot();
  const botId = String(bot.id);
  const steward = createFakeSteward(() => clock.now());
  const line = { isUp: true };
  const { log, lines } = createMemoryLogger();
  const client = createClient({
    baseUrl: "http://steward.test",
    token: STEWARD_TOKEN,
    fetch: createInProcessSteward(steward, line),
  });

  let runner: BotRunner | null = null;
  const startBot = async (): Promise<void> => {
    const way = { token: bot.token, apiRoot: telegram.url, fetch: telegram.fetch, clock };
    const api = createBotApi(way);
    runner = createBotRunner({
      account: { botId, token: bot.token },
      apiRoot: telegram.url,
      api,
      source: createFileSource({ ...way, api, localRoot: null }),
      client,
      clock,
      log,
    });
    runner.start();
    await pass(1_000);
  };
  /** Time goes by, in steps small enough for what happens in between. */
  const pass = async (ms: number, stepMs = 250): Promise<void> => {
    for (let left = ms; left > 0; left -= stepMs) await clock.advance(Math.min(stepMs, left));
  };
  const stopBot = async (): Promise<void> => {
    const stopped = runner?.stop();
    await pass(2_500);
    await stopped;
  };
  onTestFinished(async () => {
    line.isUp = true;
    await stopBot();
    await telegram.close();
    telegram.assertNoViolations();
  });

  /** Somebody who is let in, in their chat with the bot. */
  const person = (name: string) => {
    const user = telegram.user({ first_name: name });
    steward.allow(botId, String(user.id), 1);
    const seat = user.in(bot);
    seat.sendCommand("help");
    return { user, seat, chatId: String(user.id), ...views(user) };
  };
  const views = (user: Person) => ({
    /** What the bot says in this chat now, the answer to /help left out. */
    shown: () =>
      telegram
        .transcript(bot, user)
        .visible.filter(({ from }) => from.kind === "bot")
        .slice(1)
        .map(({ text }) => text),
    calls: (method?: string) =>
      telegram
        .calls(bot)
        .filter(
          ({ params, ...call }) =>
            Number(params.chat_id) === user.id && (method ?? call.method) === call.method,
        ),
  });
  const turnsOf = (chatId: string): string[] =>
    [...steward.turns.values()].filter((turn) => turn.chatId === chatId).map(({ turnId }) => turnId);

  return { clock, telegram, bot, botId, steward, line, lines, startBot, stopBot, pass, person, turnsOf };
}
