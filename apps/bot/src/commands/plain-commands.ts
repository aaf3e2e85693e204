import { type MessageKey, translate } from "@steward/contract/messages";
import { renderMarkdown } from "@steward/telegram/render";
import { createKeyboard } from "../outbound/keyboard.ts";
import { plainText } from "../outbound/messenger.ts";
import type { Command } from "./command.ts";
import type { CommandDeps } from "./command-row.ts";
import { describeChat } from "./describe-chat.ts";

/** `/start` of somebody who is let in. */
export const createStartCommand =
  ({ messenger }: Pick<CommandDeps, "messenger">): Command =>
  async ({ address, language }) => {
    await messenger.say(address, renderMarkdown(translate(language, "bot.welcome" satisfies MessageKey)));
  };

/** `/new` */
export const createNewCommand =
  ({ steward, messenger }: Pick<CommandDeps, "steward" | "messenger">): Command =>
  async ({ address, language }) => {
    const { archivesGivenUp: paths = [] } = await steward.newConversation(address);
    const done = translate(language, "bot.new_done");
    const without = translate(language, "chat.archives_given_up", { paths: paths.join("\n") });
    await messenger.say(address, plainText(paths.length === 0 ? done : `${done}\n\n${without}`));
  };

/** `/stop`: what waits is put into the person's hands. As a reply it concerns that message's turn alone. */
export const createStopCommand =
  ({ steward, messenger }: Pick<CommandDeps, "steward" | "messenger">): Command =>
  async ({ address, language, replyToMessageId }) => {
    if (replyToMessageId !== null) {
      const { turnId } = await steward.stop(address, { messageId: replyToMessageId });
      if (turnId === null) {
        await messenger.say(address, plainText(translate(language, "bot.stop_reply_nothing")));
      }
      return;
    }
    const { stopped, waiting } = await steward.stop(address);
    if (waiting > 0) {
      const held = translate(language, "bot.queue_held", { count: waiting });
      const keyboard = createKeyboard(language, [{ kind: "run_queue" }, { kind: "drop_queue" }]);
      await messenger.say(address, plainText(held), { keyboard });
    } else if (!stopped) {
      await messenger.say(address, plainText(translate(language, "bot.stop_idle")));
    }
    // That it was stopped, the turn's own message says: saying it twice would only push it up.
  };

/** `/status` */
export const createStatusCommand =
  ({ steward, messenger, clock }: Pick<CommandDeps, "steward" | "messenger" | "clock">): Command =>
  async ({ address, language }) => {
    const status = await steward.status(address);
    const isHeld = status.held && status.waiting > 0;
    await messenger.say(address, describeChat(status, language, clock.now()), {
      keyboard: createKeyboard(language, isHeld ? [{ kind: "run_queue" }, { kind: "drop_queue" }] : []),
    });
  };
