import type { ChatMember } from "@grammyjs/types";
import { defect, refusal } from "../api-error.ts";
import { apiBot, apiBotFromGetMe, apiChat, apiUser } from "../world/api-objects.ts";
import { type Chat, isAdministrator, type Member, visibleMessage } from "../world/chat.ts";
import type { CallContext } from "./call-context.ts";
import { resolveChat } from "./resolve-chat.ts";
import { answerMessage } from "./sending.ts";

export const getMe = ({ bot }: CallContext) => apiBotFromGetMe(bot);

export function getChat(call: CallContext): unknown {
  const chat = resolveChat(call, "read");
  const pinned = chat.pinned.map((id) => visibleMessage(chat, id)).find((message) => message !== undefined);
  return {
    ...apiChat(chat),
    accent_color_id: 0,
    max_reaction_count: 11,
    accepted_gift_types: {
      unlimited_gifts: false,
      limited_gifts: false,
      unique_gifts: false,
      premium_subscription: false,
      gifts_from_channels: false,
    },
    ...(pinned === undefined ? {} : { pinned_message: answerMessage(call, chat, pinned) }),
  };
}

export function getChatMember(call: CallContext): ChatMember {
  const chat = resolveChat(call, "read");
  const userId = call.params.integer("user_id") ?? 0;
  const member = chat.type === "private" ? undefined : chat.members.get(userId);
  if (member !== undefined) return apiMember(member);
  const user = call.world.users.get(userId);
  if (user !== undefined) {
    return chat.type === "private" && chat.user === user
      ? { status: "member", user: apiUser(user) }
      : { status: "left", user: apiUser(user) };
  }
  if (userId === call.bot.id) return { status: "member", user: apiBot(call.bot) };
  throw defect("invalid user_id specified");
}

export function getChatAdministrators(call: CallContext): ChatMember[] {
  const chat = resolveChat(call, "read");
  if (chat.type === "private") throw defect("there are no administrators in the private chat");
  return [...chat.members.entries()]
    .filter(([id, { who }]) => isAdministrator(chat, id) && (who.kind === "user" || who.bot === call.bot))
    .map(([, member]) => apiMember(member));
}

export function leaveChat(call: CallContext): true {
  const chat = resolveChat(call, "write");
  const member = chat.type === "private" ? undefined : chat.members.get(call.bot.id);
  if (member === undefined) throw defect("chat member status can't be changed in private chats");
  member.status = "left";
  return true;
}

export function pinChatMessage(call: CallContext): true {
  const chat = pinnableChat(call);
  const message = visibleMessage(chat, call.params.integer("message_id") ?? 0);
  if (message === undefined) throw refusal("message to pin not found");
  chat.pinned.unshift(message.id);
  return true;
}

/** Without a message id it takes the newest pin. */
export function unpinChatMessage(call: CallContext): true {
  const chat = pinnableChat(call);
  const index = call.params.has("message_id")
    ? chat.pinned.indexOf(call.params.integer("message_id") ?? 0)
    : 0;
  if (index === -1 || chat.pinned.length === 0) throw refusal("Message to unpin not found");
  chat.pinned.splice(index, 1);
  return true;
}

function pinnableChat(call: CallContext): Chat {
  const chat = resolveChat(call, "write");
  if (chat.type !== "private" && !isAdministrator(chat, call.bot.id)) {
    throw refusal("not enough rights to manage pinned messages in the chat");
  }
  return chat;
}

/** Rights are not emulated one by one: an administrator has the common ones. */
export function apiMember({ status, who }: Member): ChatMember {
  const user = who.kind === "user" ? apiUser(who.user) : apiBot(who.bot);
  switch (status) {
    case "creator":
      return { status, user, is_anonymous: false };
    case "administrator":
      return {
        status,
        user,
        can_be_edited: false,
        is_anonymous: false,
        can_manage_chat: true,
        can_delete_messages: true,
        can_manage_video_chats: true,
        can_restrict_members: true,
        can_promote_members: false,
        can_change_info: true,
        can_invite_users: true,
        can_post_stories: false,
        can_edit_stories: false,
        can_delete_stories: false,
        can_pin_messages: true,
        can_manage_topics: true,
        can_send_welcome_messages: false,
      };
    case "kicked":
      return { status, user, until_date: 0 };
    default:
      return { status, user };
  }
}
