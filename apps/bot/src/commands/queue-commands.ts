import { translate } from "@steward/contract/messages";
import { formatElapsed } from "@steward/telegram/status-text";
import { formatCallbackData } from "../callbacks/callback-data.ts";
import { createKeyboard } from "../outbound/keyboard.ts";
import { plainText } from "../outbound/messenger.ts";
import type { Command } from "./command.ts";
import type { CommandDeps } from "./command-row.ts";
import { shorten } from "./shorten.ts";

/** As many as fit a screen of a phone. */
const LISTED = 10;
const MOST_WAITING = 200;
const BUTTONS_PER_ROW = 5;

/** `/cancel`: what waits is dropped; what runs goes on. */
export const createCancelCommand =
  ({ steward, messenger }: Pick<CommandDeps, "steward" | "messenger">): Command =>
  async ({ address, language }) => {
    const count = await steward.release(address, "drop_all");
    const text =
      count === 0
        ? translate(language, "bot.cancel.none")
        : translate(language, "bot.cancel.done", { count });
    await messenger.say(address, plainText(text));
  };

/** `/queue`: what runs and what waits, in its order, with buttons to stop the one and take out the others. */
export const createQueueCommand =
  ({ steward, messenger, clock }: Pick<CommandDeps, "steward" | "messenger" | "clock">): Command =>
  async ({ address, language }) => {
    const [{ running, held, hold }, waiting] = await Promise.all([
      steward.status(address),
      steward.turns(address, "waiting", MOST_WAITING),
    ]);
    const listed = waiting.slice(0, LISTED);
    const more = waiting.length - listed.length;
    const lines = [
      running === null
        ? translate(language, "bot.queue.idle")
        : translate(language, "bot.queue.running", {
            prompt: shorten(running.prompt),
            elapsed: formatElapsed(clock.now() - (running.startedAt ?? clock.now())),
          }),
      ...(hold === undefined ? [] : [translate(language, `bot.hold.${hold.kind}`)]),
      "",
      ...(waiting.length === 0
        ? [translate(language, "bot.queue.none")]
        : [translate(language, held ? "bot.status.held" : "bot.status.waiting", { count: waiting.length })]),
      ...listed.map(({ prompt }, index) => `${index + 1}. “${shorten(prompt)}”`),
      ...(more > 0 ? [translate(language, "bot.queue.more", { count: more })] : []),
      ...(listed.length > 0 ? [translate(language, "bot.queue.how")] : []),
    ];
    const stop = running === null ? [] : [{ kind: "stop" as const, turnId: running.turnId }];
    const whole = held ? [{ kind: "run_queue" as const }, { kind: "drop_queue" as const }] : [];
    const numbers = listed.map(({ id }, index) => ({
      text: `✖ ${index + 1}`,
      callback_data: formatCallbackData({ kind: "drop", turnId: id }),
    }));
    const rows = [
      ...(createKeyboard(language, [...stop, ...whole])?.inline_keyboard ?? []),
      ...Array.from({ length: Math.ceil(numbers.length / BUTTONS_PER_ROW) }, (_, row) =>
        numbers.slice(row * BUTTONS_PER_ROW, (row + 1) * BUTTONS_PER_ROW),
      ),
    ];
    const keyboard = rows.length === 0 ? undefined : { inline_keyboard: rows };
    await messenger.say(address, plainText(lines.join("\n")), { keyboard });
  };
