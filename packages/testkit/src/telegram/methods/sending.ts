import type { LinkPreviewOptions, ReplyParameters } from "@grammyjs/types";
import { defect, refusal } from "../api-error.ts";
import { type AnyMarkup, checkMarkup } from "../markup.ts";
import { readEntities } from "../text/read-entities.ts";
import { apiMessage } from "../world/api-objects.ts";
import { type Chat, visibleMessage } from "../world/chat.ts";
import { currentVersion, type ReplyTarget } from "../world/message.ts";
import type { NewMessage } from "../world/post-message.ts";
import type { CallContext } from "./call-context.ts";
import { resolveChat, resolveThread } from "./resolve-chat.ts";

const MAX_QUOTE_UNITS = 1024;

/** Where a send call goes and what all of them share. */
export interface Envelope {
  chat: Chat;
  message: Pick<
    NewMessage,
    "author" | "atMs" | "threadId" | "replyTo" | "markup" | "silent" | "linkPreview" | "extra"
  >;
}

/** Reads chat, topic, reply, keyboard and options of a send call. */
export function readEnvelope(call: CallContext): Envelope {
  const { params, bot } = call;
  const chat = resolveChat(call, "write");
  const threadId = resolveThread(call, chat);
  return {
    chat,
    message: {
      author: { kind: "bot", bot },
      atMs: call.nowMs,
      threadId,
      replyTo: readReply(call, chat, threadId),
      markup: checkMarkup(call, chat, params.structure<AnyMarkup>("reply_markup")),
      silent: params.flag("disable_notification"),
      linkPreview: params.structure<LinkPreviewOptions>("link_preview_options"),
      extra: params.flag("protect_content") ? { has_protected_content: true } : {},
    },
  };
}

/** The message as the calling bot gets it back. */
export const answerMessage = (call: CallContext, chat: Chat, message: Parameters<typeof apiMessage>[2]) =>
  apiMessage(call.world.files, chat, message, call.bot);

function readReply(call: CallContext, chat: Chat, threadId: number | undefined): ReplyTarget | undefined {
  const { params } = call;
  const old = params.integer("reply_to_message_id");
  const reply =
    params.structure<ReplyParameters>("reply_parameters") ?? (old === undefined ? {} : { message_id: old });
  if (reply.message_id === undefined) return undefined;
  if (reply.chat_id !== undefined && Number(reply.chat_id) !== chat.id) {
    call.strict("a reply to a message of another chat is not emulated");
    return undefined;
  }
  const message = visibleMessage(chat, reply.message_id);
  if (message === undefined) {
    if (reply.allow_sending_without_reply === true) return undefined;
    throw refusal("message to be replied not found");
  }
  if (message.threadId !== threadId && message.isTopicMessage) {
    call.strict(`a reply to message ${message.id} of topic ${message.threadId} sent to topic ${threadId}`);
  }
  return { message, quote: readQuote(call, reply, currentVersion(message).text) };
}

function readQuote(call: CallContext, reply: Partial<ReplyParameters>, text: string): ReplyTarget["quote"] {
  const { quote } = reply;
  if (quote === undefined || quote === "") return undefined;
  if (quote.length > MAX_QUOTE_UNITS) throw defect("QUOTE_TEXT_INVALID");
  const near = reply.quote_position ?? 0;
  const position = text.startsWith(quote, near) ? near : text.indexOf(quote);
  if (position === -1) throw defect("QUOTE_TEXT_INVALID");
  return { text: quote, entities: readEntities(call, reply.quote_entities), position, isManual: true };
}
