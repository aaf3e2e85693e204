import type { MethodHandler } from "./call-context.ts";
import * as chats from "./chats.ts";
import { sendMessageDraft } from "./drafts.ts";
import type { EmulatedMethod } from "./emulated-methods.ts";
import { getFile } from "./files.ts";
import * as topics from "./forum-topics.ts";
import { copyMessage, forwardMessage } from "./forwarding.ts";
import { answerCallbackQuery, sendChatAction, setMessageReaction } from "./interactions.ts";
import { editMessageMedia, sendMedia, sendMediaGroup } from "./media.ts";
import * as messages from "./messages.ts";
import * as profile from "./profile.ts";
import * as updates from "./updates.ts";

/** Which function answers which method. */
export const methodHandlers: Readonly<Record<EmulatedMethod, MethodHandler>> = {
  answerCallbackQuery,
  closeForumTopic: topics.closeForumTopic,
  copyMessage,
  createForumTopic: topics.createForumTopic,
  deleteForumTopic: topics.deleteForumTopic,
  deleteMessage: messages.deleteMessage,
  deleteMessages: messages.deleteMessages,
  deleteMyCommands: profile.deleteMyCommands,
  deleteWebhook: updates.deleteWebhook,
  editForumTopic: topics.editForumTopic,
  editMessageCaption: messages.editMessageCaption,
  editMessageMedia,
  editMessageReplyMarkup: messages.editMessageReplyMarkup,
  editMessageText: messages.editMessageText,
  forwardMessage,
  getChat: chats.getChat,
  getChatAdministrators: chats.getChatAdministrators,
  getChatMember: chats.getChatMember,
  getFile,
  getMe: chats.getMe,
  getMyCommands: profile.getMyCommands,
  getMyDescription: profile.getMyDescription,
  getMyName: profile.getMyName,
  getMyShortDescription: profile.getMyShortDescription,
  getUpdates: updates.getUpdates,
  getWebhookInfo: updates.getWebhookInfo,
  leaveChat: chats.leaveChat,
  pinChatMessage: chats.pinChatMessage,
  reopenForumTopic: topics.reopenForumTopic,
  sendAnimation: sendMedia("animation"),
  sendAudio: sendMedia("audio"),
  sendChatAction,
  sendDocument: sendMedia("document"),
  sendMediaGroup,
  sendMessage: messages.sendMessage,
  sendMessageDraft,
  sendPhoto: sendMedia("photo"),
  sendVideo: sendMedia("video"),
  sendVoice: sendMedia("voice"),
  setMessageReaction,
  setMyCommands: profile.setMyCommands,
  setMyDescription: profile.setMyDescription,
  setMyName: profile.setMyName,
  setMyShortDescription: profile.setMyShortDescription,
  setWebhook: updates.setWebhook,
  unpinChatMessage: chats.unpinChatMessage,
};
