import type { ClassifiedUpdate } from "./classified-update.ts";

/** Who may use a bot. Empty means nobody. */
export interface AccessList {
  /** Numeric ids of people, decimal. Usernames change hands and never match. */
  userIds: readonly string[];
  /** Ids of groups in which those people may use the bot. */
  chatIds: readonly string[];
}

export type DenyReason =
  | "malformed"
  | "no_access_list"
  | "no_chat"
  | "no_sender"
  | "bot"
  | "via_bot"
  | "forwarded_command"
  | "channel"
  | "unknown_sender"
  | "unknown_chat"
  | "other_bot"
  | "not_addressed";

export type AccessDecision =
  | { decision: "allow" }
  | { decision: "deny"; reason: DenyReason }
  /** A stranger knocks: `/start` in a private chat. `payload` is what their link carried. */
  | { decision: "pairing"; payload: string };

export interface AccessQuestion {
  update: ClassifiedUpdate;
  accessList: AccessList | null | undefined;
  /** From getMe, without the at sign. */
  botUsername: string;
}

/**
 * The gate before every handler. Fails closed: whatever is not certainly a paired person's own words to this bot is
 * denied, and without a usable list everybody is.
 */
export function decideAccess({ update, accessList, botUsername }: AccessQuestion): AccessDecision {
  const { chat, sender, flags, kind } = update;
  if (kind === "malformed") return deny("malformed");
  if (!Array.isArray(accessList?.userIds) || !Array.isArray(accessList.chatIds))
    return deny("no_access_list");
  if (chat === null) return deny("no_chat");
  if (chat.type === "channel") return deny("channel");
  if (sender === null || !/^[1-9]\d{0,19}$/.test(sender.id)) return deny("no_sender");
  if (flags.includes("from_bot")) return deny("bot");
  if (flags.includes("via_bot")) return deny("via_bot");
  // Belt and braces: such a message has no sender already.
  if (flags.some((flag) => flag === "sender_chat" || flag === "anonymous_admin")) return deny("no_sender");
  if (kind === "command" && flags.includes("forwarded")) return deny("forwarded_command");
  const addressedTo = update.command?.addressedTo;
  if (addressedTo !== undefined && !sameName(addressedTo, botUsername)) return deny("other_bot");

  // A private chat has the id of the person in it.
  const isPrivate = chat.type === "private" && chat.id === sender.id;
  if (chat.type === "private" && !isPrivate) return deny("no_sender");
  if (!accessList.userIds.includes(sender.id)) {
    const knocks = isPrivate && kind === "command" && update.command?.name === "start";
    return knocks ? { decision: "pairing", payload: update.command?.args ?? "" } : deny("unknown_sender");
  }
  if (isPrivate) return { decision: "allow" };
  if (!accessList.chatIds.includes(chat.id)) return deny("unknown_chat");
  return isAddressed(update, botUsername) ? { decision: "allow" } : deny("not_addressed");
}

/** In a group only what is meant for the bot: a command, a press of its button, a mention, a reply to it. */
function isAddressed({ kind, mentions, replyTo }: ClassifiedUpdate, botUsername: string): boolean {
  if (kind === "command" || kind === "callback" || kind === "membership") return true;
  if (mentions.some((name) => sameName(name, botUsername))) return true;
  return replyTo?.fromUsername !== undefined && sameName(replyTo.fromUsername, botUsername);
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const deny = (reason: DenyReason): AccessDecision => ({ decision: "deny", reason });
