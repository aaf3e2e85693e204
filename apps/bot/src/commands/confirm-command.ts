import { ApiError } from "@steward/client/api-error";
import { translate } from "@steward/contract/messages";
import { plainText } from "../outbound/messenger.ts";
import type { Command } from "./command.ts";
import type { CommandDeps } from "./command-row.ts";

/** `/confirm`: the plan that waits in the chat is carried out. Its turn's own messages say the rest. */
export const createConfirmCommand =
  ({ steward, messenger }: Pick<CommandDeps, "steward" | "messenger">): Command =>
  async ({ address, language, userId, userName, onceKey }) => {
    try {
      await steward.confirmPlan(address, { userId, userName }, { key: onceKey });
      await messenger.say(address, plainText(translate(language, "plan.toast.confirmed")));
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "conflict") throw error;
      await messenger.say(address, plainText(translate(language, "plan.none")));
    }
  };
