import type { Chat as ApiChat, Message as ApiMessage, User as ApiUser, UserFromGetMe } from "@grammyjs/types";
import { withDetectedEntities } from "../text/detect-entities.ts";
import type { Bot } from "./bot.ts";
import type { Chat } from "./chat.ts";
import type { FileStore } from "./files.ts";
import { type Author, currentVersion, type Message, type ReplyTarget } from "./message.ts";
import type { User } from "./user.ts";

/** Seconds since the epoch, as every `date` is written. */
export const unixSeconds = (ms: number): number => Math.floor(ms / 1000);

export function apiUser(user: User): ApiUser {
  const { deactivated: _, ...fields } = user;
  return { ...fields, is_bot: false };
}

export function apiBot(bot: Bot): ApiUser {
  return { id: bot.id, is_bot: true, first_name: bot.firstName, username: bot.username };
}

export function apiBotFromGetMe(bot: Bot): UserFromGetMe {
  return {
    ...apiBot(bot),
    is_bot: true,
    username: bot.username,
    can_join_groups: true,
    can_read_all_group_messages: bot.settings.canReadAllGroupMessages,
    supports_inline_queries: false,
    supports_guest_queries: false,
    supports_join_request_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: bot.settings.hasTopicsEnabled,
    allows_users_to_create_topics: bot.settings.allowsUsersToCreateTopics,
    can_manage_bots: false,
  };
}

export function apiChat(chat: Chat): ApiChat {
  if (chat.type === "private") {
    const { first_name, last_name, username } = chat.user;
    return {
      id: chat.id,
      type: "private",
      first_name,
      ...(last_name === undefined ? {} : { last_name }),
      ...(username === undefined ? {} : { username }),
    };
  }
  if (chat.type === "group") return { id: chat.id, type: "group", title: chat.title };
  return {
    id: chat.id,
    type: "supergroup",
    title: chat.title,
    ...(chat.username === undefined ? {} : { username: chat.username }),
    ...(chat.isForum ? { is_forum: true } : {}),
  };
}

export const apiAuthor = (author: Author): ApiUser =>
  author.kind === "user" ? apiUser(author.user) : apiBot(author.bot);

/** A message as one bot sees it now (file ids are its own). */
export function apiMessage(files: FileStore, chat: Chat, message: Message, viewer: Bot): ApiMessage {
  const shown = {
    ...apiMessageFlat(files, chat, message, viewer),
    ...apiReply(files, chat, message, viewer),
  };
  return shown as unknown as ApiMessage; // the union has no constructor: which fields are there follows the content
}

function apiMessageFlat(
  files: FileStore,
  chat: Chat,
  message: Message,
  viewer: Bot,
): Record<string, unknown> {
  const version = currentVersion(message);
  return {
    message_id: message.id,
    from: apiAuthor(message.author),
    chat: apiChat(chat),
    date: unixSeconds(message.sentAtMs),
    ...(message.versions.length > 1 ? { edit_date: unixSeconds(version.atMs) } : {}),
    ...(message.threadId === undefined ? {} : { message_thread_id: message.threadId }),
    ...(message.isTopicMessage ? { is_topic_message: true } : {}),
    ...(message.media === undefined ? {} : message.media.view((file) => files.idFor(viewer, file))),
    ...apiText(message),
    ...(version.linkPreview === undefined ? {} : { link_preview_options: version.linkPreview }),
    ...(version.replyMarkup === undefined ? {} : { reply_markup: version.replyMarkup }),
    ...message.extra,
  };
}

function apiText(message: Message): Record<string, unknown> {
  const { text, entities } = currentVersion(message);
  if (text === "") return {};
  const all = withDetectedEntities(text, entities);
  if (message.media === undefined) return { text, ...(all.length === 0 ? {} : { entities: all }) };
  return { caption: text, ...(all.length === 0 ? {} : { caption_entities: all }) };
}

function apiReply(files: FileStore, chat: Chat, message: Message, viewer: Bot): Record<string, unknown> {
  const target = message.replyTo ?? topicRoot(chat, message);
  if (target === undefined || target.message.deletedAtMs !== undefined) return {};
  const { quote } = target;
  return {
    reply_to_message: apiMessageFlat(files, chat, target.message, viewer),
    ...(quote === undefined
      ? {}
      : {
          quote: {
            text: quote.text,
            ...(quote.entities.length === 0 ? {} : { entities: quote.entities }),
            position: quote.position,
            ...(quote.isManual ? { is_manual: true } : {}),
          },
        }),
  };
}

/** In a forum, what replies to nothing is shown as a reply to the service message that opened the topic. */
function topicRoot(chat: Chat, message: Message): ReplyTarget | undefined {
  if (!message.isTopicMessage || chat.type !== "supergroup" || message.threadId === undefined)
    return undefined;
  const root = chat.messages.get(message.threadId);
  return root === undefined || root === message ? undefined : { message: root, quote: undefined };
}
