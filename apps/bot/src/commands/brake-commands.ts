import { translate } from "@steward/contract/messages";
import { plainText } from "../outbound/messenger.ts";
import type { Command } from "./command.ts";
import type { CommandDeps } from "./command-row.ts";
import { hasRole } from "./may-use.ts";
import { createSessionPicker } from "./sessions-command.ts";

/** `/panic`. Whether this person may is the API's to say. */
export const createPanicCommand =
  ({ steward, messenger }: Pick<CommandDeps, "steward" | "messenger">): Command =>
  async ({ address, language, userId }) => {
    const { stopped, waiting } = await steward.panic(userId);
    await messenger.say(address, plainText(translate(language, "bot.panic_done", { stopped, waiting })));
  };

/**
 * `/resume`: while everything is stopped, it lets everything run again. Else it goes on with an earlier conversation: the one
 * that is named, or one of those it lists.
 */
export function createResumeCommand(
  deps: Pick<CommandDeps, "steward" | "messenger" | "clock" | "roleOf">,
): Command {
  const { steward, messenger, roleOf } = deps;
  const pick = createSessionPicker(deps);
  return async (request) => {
    const { address, language, userId } = request;
    const { active } = await steward.panicStatus();
    if (!active) return await pick(request);
    if (!hasRole(roleOf(userId), "admin")) {
      await messenger.say(address, plainText(translate(language, "bot.resume.panic")));
      return;
    }
    const { released, waiting } = await steward.releasePanic(userId);
    const text = released
      ? translate(language, "bot.resume_done", { waiting })
      : translate(language, "bot.resume_nothing");
    await messenger.say(address, plainText(text));
  };
}
