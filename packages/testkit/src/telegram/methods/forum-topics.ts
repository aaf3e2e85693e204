import type { ForumTopic } from "@grammyjs/types";
import { defect, refusal } from "../api-error.ts";
import { type Chat, hasTopics, isAdministrator, type Topic } from "../world/chat.ts";
import { postMessage } from "../world/post-message.ts";
import { openTopic } from "../world/topics.ts";
import type { CallContext } from "./call-context.ts";
import { resolveChat } from "./resolve-chat.ts";

const MAX_NAME_UNITS = 128;
const ICON_COLORS: ReadonlySet<number> = new Set([7322096, 16766590, 13338331, 9367192, 16749490, 16478047]);

export function createForumTopic(call: CallContext): ForumTopic {
  const { params, bot } = call;
  const chat = forumChat(call, "create a topic");
  const name = params.text("name").trim();
  if (name === "") throw defect("Name must be non-empty");
  checkName(call, name);
  const iconColor = params.integer("icon_color") ?? 7322096;
  if (!ICON_COLORS.has(iconColor)) throw defect("Invalid icon color specified");
  const topic = openTopic(chat, {
    author: { kind: "bot", bot },
    atMs: call.nowMs,
    name,
    iconColor,
    iconCustomEmojiId: params.optionalText("icon_custom_emoji_id"),
  });
  return apiTopic(topic);
}

export function editForumTopic(call: CallContext): true {
  const { params } = call;
  const chat = forumChat(call, "edit the topic");
  const topic = existingTopic(call, chat);
  const name = params.optionalText("name");
  const icon = params.optionalText("icon_custom_emoji_id");
  if (name !== undefined) checkName(call, name);
  const isSameName = name === undefined || name === "" || name === topic.name;
  if (isSameName && (icon === undefined || icon === topic.iconCustomEmojiId))
    throw refusal("TOPIC_NOT_MODIFIED");
  if (!isSameName) topic.name = name;
  if (icon !== undefined) topic.iconCustomEmojiId = icon === "" ? undefined : icon;
  note(call, chat, topic, { forum_topic_edited: isSameName ? {} : { name } });
  return true;
}

export const closeForumTopic = (call: CallContext): true => setClosed(call, true);
export const reopenForumTopic = (call: CallContext): true => setClosed(call, false);

export function deleteForumTopic(call: CallContext): true {
  const chat = forumChat(call, "delete the topic");
  const topic = existingTopic(call, chat);
  topic.deleted = true;
  for (const message of chat.messages.values()) {
    if (message.threadId === topic.id) message.deletedAtMs ??= call.nowMs;
  }
  return true;
}

function setClosed(call: CallContext, closed: boolean): true {
  const chat = forumChat(call, "close or open the topic");
  const topic = existingTopic(call, chat);
  if (topic.closed === closed) throw refusal("TOPIC_NOT_MODIFIED");
  topic.closed = closed;
  note(call, chat, topic, closed ? { forum_topic_closed: {} } : { forum_topic_reopened: {} });
  return true;
}

function forumChat(call: CallContext, action: string): Chat {
  const chat = resolveChat(call, "write");
  if (!hasTopics(chat)) {
    throw defect(
      chat.type === "supergroup" ? "The chat is not a supergroup forum" : "The chat is not a forum",
    );
  }
  if (chat.type !== "private" && !isAdministrator(chat, call.bot.id))
    throw refusal(`Not enough rights to ${action}`);
  return chat;
}

function existingTopic(call: CallContext, chat: Chat): Topic {
  const topic = chat.topics.get(call.params.integer("message_thread_id") ?? 0);
  if (topic === undefined || topic.deleted) throw refusal("TOPIC_ID_INVALID");
  return topic;
}

function checkName(call: CallContext, name: string): void {
  if (name.length > MAX_NAME_UNITS)
    call.strict(`a topic name of ${name.length} characters; at most ${MAX_NAME_UNITS}`);
}

function note(call: CallContext, chat: Chat, topic: Topic, extra: Record<string, unknown>): void {
  postMessage(chat, { author: { kind: "bot", bot: call.bot }, atMs: call.nowMs, threadId: topic.id, extra });
}

const apiTopic = (topic: Topic): ForumTopic => ({
  message_thread_id: topic.id,
  name: topic.name,
  icon_color: topic.iconColor,
  ...(topic.iconCustomEmojiId === undefined ? {} : { icon_custom_emoji_id: topic.iconCustomEmojiId }),
});
