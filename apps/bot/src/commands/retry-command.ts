import { translate } from "@steward/contract/messages";
import { createKeyboard } from "../outbound/keyboard.ts";
import { plainText } from "../outbound/messenger.ts";
import type { Command } from "./command.ts";
import type { CommandDeps } from "./command-row.ts";
import { shorten } from "./shorten.ts";

/** `/retry`: the last message that was stopped, failed or broken off runs again; one before it is asked about. */
export const createRetryCommand =
  ({ steward, messenger }: Pick<CommandDeps, "steward" | "messenger">): Command =>
  async ({ address, language, onceKey }) => {
    const [[last], [unanswered]] = await Promise.all([
      steward.turns(address, "ended", 1),
      steward.turns(address, "unanswered", 1),
    ]);
    if (unanswered === undefined) {
      await messenger.say(address, plainText(translate(language, "bot.retry.none")));
      return;
    }
    // Its own status message says the rest.
    if (last?.id === unanswered.id) return await steward.retryTurn(unanswered.id, "retry", onceKey);
    const text = translate(language, "bot.retry.earlier", { prompt: shorten(unanswered.prompt) });
    await messenger.say(address, plainText(text), {
      keyboard: createKeyboard(language, [{ kind: "retry", turnId: unanswered.id }]),
    });
  };
