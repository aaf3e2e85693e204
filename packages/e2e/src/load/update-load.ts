import type { Clock } from "@steward/platform/clock";
import { createSystemClock } from "@steward/platform/clock";
import type { Bot, Person, TelegramEmulator } from "@steward/testkit/telegram";
import { createRandom } from "./random.ts";

/** Updates a second, of which every fifth is a prompt in a chat of its own; the others come from people unknown. */
export const UPDATES_PER_SECOND = 50;
const PROMPT_EVERY = 5;
/** A turn that outlasts the measurement: what a CLI does with a prompt is not what is measured. */
export const LASTING_PROMPT = `STUB:${JSON.stringify({ stamps: 600, deltaMs: 100, text: "done" })}`;

export const promptsIn = (seconds: number): number => (seconds * UPDATES_PER_SECOND) / PROMPT_EVERY;

/** Milliseconds with fractions: a bot that only echoes takes two or three of them. */
export const createPreciseClock = (): Clock => ({
  ...createSystemClock(),
  now: () => performance.timeOrigin + performance.now(),
});

export interface UpdateLoadFigures {
  /** From a prompt to the first that its writer sees: a reaction or a message. */
  firstSignMs: number[];
  /** From a prompt to the first message in its chat. */
  firstMessageMs: number[];
  /** Most updates that waited for their commit at the same time. */
  mostWaiting: number;
}

/**
 * Writes to a bot, each update at a chance moment of its own 20 ms: people keep no time, and on a beat of 100 ms every prompt would meet what
 * is shown of an earlier one 400 ms after it. Looks at when its answers reach Telegram. `known` are people whom the bot serves,
 * one for each prompt; `stranger` is somebody it does not.
 */
export async function measureUpdateLoad({
  emulator,
  bot,
  known,
  stranger,
  clock,
}: {
  emulator: TelegramEmulator;
  bot: Bot;
  known: readonly Person[];
  stranger: Person;
  clock: Clock;
}): Promise<UpdateLoadFigures> {
  const noise = stranger.in(bot);
  const prompts: { chatId: number; messageId: number; sentAtMs: number }[] = [];
  let mostWaiting = 0;
  const random = createRandom(7);
  const begunMs = performance.now();
  for (let n = 0; n < known.length * PROMPT_EVERY; n++) {
    const dueMs = begunMs + ((n + random()) * 1000) / UPDATES_PER_SECOND;
    await clock.sleep(Math.max(dueMs - performance.now(), 0));
    mostWaiting = Math.max(mostWaiting, emulator.pendingUpdates(bot).length);
    const person = known[n / PROMPT_EVERY];
    const sentAtMs = clock.now();
    if (person === undefined) noise.sendText("noise");
    else {
      const { id: messageId } = person.in(bot).sendText(LASTING_PROMPT);
      prompts.push({ chatId: person.id, messageId, sentAtMs });
    }
  }
  const first = (prompt: (typeof prompts)[number], methods: readonly string[]) =>
    emulator
      .calls(bot)
      .find(
        ({ method, params, atMs }) =>
          methods.includes(method) && Number(params.chat_id) === prompt.chatId && atMs >= prompt.sentAtMs,
      );
  const hasAll = () => prompts.every((prompt) => first(prompt, ["sendMessage"]) !== undefined);
  await emulator.waitFor(hasAll, { timeoutMs: 30_000, describe: "a message in every chat" });
  const delays = (methods: readonly string[]) =>
    prompts.map((prompt) => (first(prompt, methods)?.atMs ?? Number.NaN) - prompt.sentAtMs);
  return {
    firstSignMs: delays(["setMessageReaction", "sendMessage"]),
    firstMessageMs: delays(["sendMessage"]),
    mostWaiting,
  };
}
