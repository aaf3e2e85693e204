import type { InboxUpdate } from "@steward/contract/inbox";
import { may } from "./abilities.ts";
import type { Groups } from "./groups.ts";
import type { People } from "./people.ts";

/** Why an update is not let in. */
export type NotAdmitted = "not_paired" | "chat_not_allowed" | "guest";

/** Whether an update may do anything; null: it may. */
export type Admission = (botId: string, update: InboxUpdate) => NotAdmitted | null;

/** What people may do who are not paired with the bot, in a group that serves everyone. */
const GUESTS_KINDS: readonly InboxUpdate["kind"][] = ["prompt", "edit"];
const GUESTS_COMMANDS: readonly string[] = ["help", "start", "status", "whoami"];

/**
 * The gate that counts: the front end has one of its own, which also knows what is addressed to the bot. Fails closed:
 * without a chat and a sender that Telegram vouches for nobody is let in.
 */
export const createAdmission =
  ({ people, groups }: { people: Pick<People, "roleOf">; groups: Pick<Groups, "chat"> }): Admission =>
  (botId, { chat, sender, kind, command }) => {
    if (!chat || !sender || chat.type === "channel") return "not_paired";
    const role = people.roleOf(botId, sender.id);
    if (chat.type === "private") return role === null || chat.id !== sender.id ? "not_paired" : null;
    const group = groups.chat(botId, chat.id);
    if (group === null) {
      const allows = kind === "command" && command === "allow" && may(role, "allowChats");
      return allows ? null : "chat_not_allowed";
    }
    if (role !== null) return null;
    if (group.admits !== "everyone") return "not_paired";
    const isHarmless = kind === "command" && GUESTS_COMMANDS.includes(command ?? "");
    return isHarmless || GUESTS_KINDS.includes(kind) ? null : "guest";
  };
