import type { ReactionType } from "@grammyjs/types";
import { defect, refusal } from "../api-error.ts";
import { literalsOf } from "../parameters/check-parameters.ts";
import { visibleMessage } from "../world/chat.ts";
import { setReactions } from "../world/message.ts";
import type { CallContext } from "./call-context.ts";
import { resolveChat, resolveThread } from "./resolve-chat.ts";

/** The server knows three more, older names for some of these; the documentation does not. */
const CHAT_ACTIONS: ReadonlySet<string> = new Set([
  "typing",
  "upload_photo",
  "record_video",
  "upload_video",
  "record_voice",
  "upload_voice",
  "upload_document",
  "choose_sticker",
  "find_location",
  "record_video_note",
  "upload_video_note",
]);
const MAX_CALLBACK_ANSWER_UNITS = 200;

export function sendChatAction(call: CallContext): true {
  const action = call.params.text("action");
  if (!CHAT_ACTIONS.has(action)) throw defect("Wrong parameter action in request");
  const chat = resolveChat(call, "write");
  const threadId = resolveThread(call, chat);
  chat.actions.push({ atMs: call.nowMs, botId: call.bot.id, action, threadId });
  return true;
}

export function setMessageReaction(call: CallContext): true {
  const reactions = call.params.structure<ReactionType[]>("reaction") ?? [];
  const allowedEmoji = literalsOf("ReactionTypeEmoji", "emoji");
  for (const reaction of reactions) {
    if (reaction.type === "paid") throw defect("can't parse ReactionType: invalid reaction type specified");
    if (reaction.type === "emoji" && !allowedEmoji.has(reaction.emoji)) throw defect("REACTION_INVALID");
  }
  const chat = resolveChat(call, "read");
  const message = visibleMessage(chat, call.params.integer("message_id") ?? 0);
  if (message === undefined) throw refusal("message to react not found");
  if (reactions.length > 1) throw defect("REACTIONS_TOO_MANY");
  setReactions(message, call.bot.id, reactions, call.nowMs);
  return true;
}

export function answerCallbackQuery(call: CallContext): true {
  const { params, bot, callbackQueries } = call;
  const text = params.text("text");
  if (text.length > MAX_CALLBACK_ANSWER_UNITS) throw defect("MESSAGE_TOO_LONG");
  const query = callbackQueries.open(bot, params.text("callback_query_id"));
  if (query === undefined) {
    throw refusal("query is too old and response timeout expired or query ID is invalid");
  }
  query.answer = {
    atMs: call.nowMs,
    text,
    showAlert: params.flag("show_alert"),
    url: params.optionalText("url"),
  };
  return true;
}
