import { ApiError, defect, forbidden, refusal } from "../api-error.ts";
import type { Bot } from "../world/bot.ts";
import { type Chat, GENERAL_TOPIC_ID, type GroupChat, hasTopics, type PrivateChat } from "../world/chat.ts";
import type { CallContext } from "./call-context.ts";

/** What the call wants of the chat; the server refuses writing where reading is still fine. */
export type Access = "read" | "edit" | "write";

/** The chat a call is about. Throws the server's error when the bot has no such access. */
export function resolveChat(call: CallContext, access: Access, parameter = "chat_id"): Chat {
  const given = call.params.text(parameter).trim();
  if (given === "") throw defect(`${parameter} is empty`);
  const chat = given.startsWith("@") ? byUsername(call, given.slice(1)) : byId(call, given);
  if (chat === undefined) throw defect("chat not found");
  if (chat.type === "private") checkPrivate(chat, access);
  else checkGroup(call.bot, chat, access);
  return chat;
}

function byId({ world, bot }: CallContext, given: string): Chat | undefined {
  const id = Number(given);
  const chat = Number.isSafeInteger(id) ? world.chatById(bot, id) : undefined;
  return chat !== undefined && chat.type !== "private" && !chat.members.has(bot.id) ? undefined : chat;
}

function byUsername({ world }: CallContext, name: string): Chat | undefined {
  return [...world.groups.values()].find(({ username }) => username?.toLowerCase() === name.toLowerCase());
}

function checkPrivate(chat: PrivateChat, access: Access): void {
  if (!chat.started) {
    throw access === "read"
      ? defect("chat not found")
      : forbidden("bot can't initiate conversation with a user", { defect: true });
  }
  if (chat.user.deactivated && access !== "read") throw forbidden("user is deactivated");
  if (chat.blocked && access === "write") throw forbidden("bot was blocked by the user");
}

function checkGroup(bot: Bot, chat: GroupChat, access: Access): void {
  if (chat.type === "group" && access === "write") {
    if (chat.migratedTo !== undefined) {
      throw refusal("group chat was upgraded to a supergroup chat", {
        migrate_to_chat_id: chat.migratedTo.id,
      });
    }
    if (chat.deleted) throw forbidden("the group chat was deleted");
  }
  if (chat.type === "group" && access === "read") return;
  const status = chat.members.get(bot.id)?.status;
  if (status === "kicked") throw forbidden(`bot was kicked from the ${chat.type} chat`);
  if (status === "left" || chat.deleted) throw forbidden(`bot is not a member of the ${chat.type} chat`);
}

/**
 * The topic a message goes to. The General topic of a forum is meant by leaving the id out; its own id is refused.
 */
export function resolveThread(call: CallContext, chat: Chat): number | undefined {
  const threadId = call.params.integer("message_thread_id");
  if (threadId === undefined || threadId === 0) return undefined;
  if (chat.type !== "private" && !hasTopics(chat)) {
    call.strict(`message_thread_id ${threadId} in a chat without topics; the server ignores it`);
    return undefined;
  }
  if (chat.type === "supergroup" && threadId === GENERAL_TOPIC_ID) throw defect("message thread not found");
  const topic = chat.topics.get(threadId);
  if (topic === undefined || topic.deleted) throw refusal("message thread not found");
  if (topic.closed) throw new ApiError(400, "Bad Request: TOPIC_CLOSED");
  return threadId;
}
