import type { MessageEntity } from "@grammyjs/types";
import type { Bot } from "./bot.ts";
import type { Message } from "./message.ts";
import type { User } from "./user.ts";

export type MemberStatus = "creator" | "administrator" | "member" | "left" | "kicked";

export interface Member {
  status: MemberStatus;
  who: { kind: "user"; user: User } | { kind: "bot"; bot: Bot };
}

export interface Topic {
  readonly id: number;
  name: string;
  iconColor: number;
  iconCustomEmojiId: string | undefined;
  closed: boolean;
  deleted: boolean;
}

/** A "typing…" and the like, as sent by a bot. */
export interface ChatAction {
  atMs: number;
  botId: number;
  action: string;
  threadId: number | undefined;
}

/** A streamed preview (sendMessageDraft). */
export interface Draft {
  readonly botId: number;
  readonly draftId: number;
  readonly threadId: number | undefined;
  canStop: boolean;
  keepOnStop: boolean;
  readonly versions: { atMs: number; text: string; entities: MessageEntity[] }[];
  /** Why and when it left the screen; a draft that nothing else ends expires 30 s after its last version. */
  ended: { atMs: number; by: "message" | "stop" } | undefined;
}

interface ChatBase {
  readonly id: number;
  readonly messages: Map<number, Message>;
  readonly topics: Map<number, Topic>;
  readonly actions: ChatAction[];
  readonly drafts: Draft[];
  readonly pinned: number[];
}

export interface PrivateChat extends ChatBase {
  readonly type: "private";
  readonly bot: Bot;
  readonly user: User;
  /** The person has written or pressed Start at least once. */
  started: boolean;
  /** The person has blocked the bot. */
  blocked: boolean;
}

export interface GroupChat extends ChatBase {
  readonly type: "group" | "supergroup";
  title: string;
  username: string | undefined;
  isForum: boolean;
  readonly members: Map<number, Member>;
  migratedTo: GroupChat | undefined;
  deleted: boolean;
  lastMessageId: number;
  /** The bot that wrote last: a bare /command is meant for it. */
  lastBotId: number | undefined;
}

export type Chat = PrivateChat | GroupChat;

/** The id of the General topic of a forum: its messages carry no thread id, and none may be sent with it. */
export const GENERAL_TOPIC_ID = 1;

/** Can messages of this chat live in topics? */
export const hasTopics = (chat: Chat): boolean =>
  chat.type === "private" ? chat.bot.settings.hasTopicsEnabled : chat.isForum;

/** Draws the next message id: per supergroup, but account-wide for a bot's private chats and basic groups. */
export function takeMessageId(chat: Chat): number {
  if (chat.type === "supergroup") {
    chat.lastMessageId += 1;
    return chat.lastMessageId;
  }
  const bots = botsOf(chat);
  const id = Math.max(0, ...bots.map((bot) => bot.lastMessageId)) + 1;
  for (const bot of bots) bot.lastMessageId = id;
  return id;
}

/** The bots that are in the chat. */
export function botsOf(chat: Chat): Bot[] {
  if (chat.type === "private") return [chat.bot];
  return [...chat.members.values()].flatMap(({ who, status }) =>
    who.kind === "bot" && isPresent(status) ? [who.bot] : [],
  );
}

export const isPresent = (status: MemberStatus | undefined): boolean =>
  status === "creator" || status === "administrator" || status === "member";

export const isAdministrator = (chat: GroupChat, id: number): boolean => {
  const status = chat.members.get(id)?.status;
  return status === "creator" || status === "administrator";
};

/** A message a reader can still see. */
export function visibleMessage(chat: Chat, id: number): Message | undefined {
  const message = chat.messages.get(id);
  return message === undefined || message.deletedAtMs !== undefined ? undefined : message;
}
