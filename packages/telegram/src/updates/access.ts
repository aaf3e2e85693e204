import type { ClassifiedUpdate } from "./classified-update.ts";

/** Who may use a bot. Empty means nobody. */
export interface AccessList {
  /** Numeric ids of people, decimal. Usernames change hands and never match. */
  userIds: readonly string[];
  /** Those of them who may say in which groups the bot is used. */
  managerIds: readonly string[];
  /** The groups in which the bot may be used. */
  chats: readonly AllowedChat[];
}

export interface AllowedChat {
  id: string;
  /** Also people who are not on the list are served there. */
  admitsEveryone: boolean;
  /** All that is written there is for the bot, not only what is addressed to it. */
  listensAlways: boolean;
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
  if (!isUsable(accessList)) return deny("no_access_list");
  if (chat === null) return deny("no_chat");
  if (chat.type === "channel") return deny("channel");
  // A group may become a supergroup, or lose the bot, by anybody's hand.
  if (kind === "membership" && concernsAllowedChat(update, accessList)) return { decision: "allow" };
  if (sender === null || !/^[1-9]\d{0,19}$/.test(sender.id)) return deny("no_sender");
  if (flags.includes("from_bot")) return deny("bot");
  if (flags.includes("via_bot")) return deny("via_bot");
  // Belt and braces: such a message has no sender already.
  if (flags.some((flag) => flag === "sender_chat" || flag === "anonymous_admin")) return deny("no_sender");
  if (kind === "command" && flags.includes("forwarded")) return deny("forwarded_command");
  const addressedTo = update.command?.addressedTo;
  if (addressedTo !== undefined && !sameName(addressedTo, botUsername)) return deny("other_bot");

  const isKnown = accessList.userIds.includes(sender.id);
  if (chat.type === "private") {
    // A private chat has the id of the person in it.
    if (chat.id !== sender.id) return deny("no_sender");
    if (isKnown) return { decision: "allow" };
    const knocks = kind === "command" && update.command?.name === "start";
    return knocks ? { decision: "pairing", payload: update.command?.args ?? "" } : deny("unknown_sender");
  }
  return decideInGroup(update, { isKnown, accessList, botUsername });
}

function decideInGroup(
  update: ClassifiedUpdate,
  asked: { isKnown: boolean; accessList: AccessList; botUsername: string },
): AccessDecision {
  const { isKnown, accessList, botUsername } = asked;
  const group = accessList.chats.find(({ id }) => id === update.chat?.id);
  // A press of somebody else's button, and what became of the bot, are no words: only people who are known count.
  const isWords = update.kind !== "callback" && update.kind !== "membership";
  if (!isKnown && !(group?.admitsEveryone && isWords)) return deny("unknown_sender");
  // That the bot was added to a group is how it comes to be allowed there.
  if (update.kind === "membership") return { decision: "allow" };
  if (group === undefined) {
    const isManager = accessList.managerIds.includes(update.sender?.id ?? "");
    const allows = update.command?.name === "allow" && update.command.addressedTo !== undefined;
    return isManager && allows ? { decision: "allow" } : deny("unknown_chat");
  }
  const isMeant = group.listensAlways || isAddressed(update, botUsername);
  return isMeant ? { decision: "allow" } : deny("not_addressed");
}

/**
 * In a group what is meant for the bot: a command that names it (without a name, any bot may be meant), a press of its
 * button, a mention, a reply to it.
 */
export function isAddressed(
  { kind, command, mentions, replyTo }: ClassifiedUpdate,
  botUsername: string,
): boolean {
  if (kind === "callback" || command?.addressedTo !== undefined) return true;
  if (mentions.some((name) => sameName(name, botUsername))) return true;
  return replyTo?.fromUsername !== undefined && sameName(replyTo.fromUsername, botUsername);
}

function concernsAllowedChat({ chat, migration }: ClassifiedUpdate, { chats }: AccessList): boolean {
  const ids = migration === undefined ? [chat?.id] : [migration.fromChatId, migration.toChatId];
  return chats.some(({ id }) => ids.includes(id));
}

const isUsable = (list: AccessList | null | undefined): list is AccessList =>
  Array.isArray(list?.userIds) && Array.isArray(list.managerIds) && Array.isArray(list.chats);

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const deny = (reason: DenyReason): AccessDecision => ({ decision: "deny", reason });
