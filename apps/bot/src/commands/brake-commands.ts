import { translate } from "@steward/contract/messages";
import { type Messenger, plainText } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";
import type { Command } from "./command.ts";

/** `/panic` and `/resume`. Whether this person may is the API's to say. */
export function createBrakeCommands({
  steward,
  messenger,
}: {
  steward: Pick<Steward, "panic" | "releasePanic">;
  messenger: Pick<Messenger, "say">;
}): { panic: Command; resume: Command } {
  return {
    panic: async ({ address, language, userId }) => {
      const { stopped, waiting } = await steward.panic(userId);
      await messenger.say(address, plainText(translate(language, "bot.panic_done", { stopped, waiting })));
    },
    resume: async ({ address, language, userId }) => {
      const { released, waiting } = await steward.releasePanic(userId);
      const text = released
        ? translate(language, "bot.resume_done", { waiting })
        : translate(language, "bot.resume_nothing");
      await messenger.say(address, plainText(text));
    },
  };
}
