import { defect, refusal } from "../api-error.ts";
import { readCaption } from "../text/read-text.ts";
import { apiAuthor, unixSeconds } from "../world/api-objects.ts";
import { visibleMessage } from "../world/chat.ts";
import { currentVersion, type Message } from "../world/message.ts";
import { postMessage } from "../world/post-message.ts";
import type { CallContext } from "./call-context.ts";
import { resolveChat, resolveThread } from "./resolve-chat.ts";
import { answerMessage, readEnvelope } from "./sending.ts";

export function copyMessage(call: CallContext): { message_id: number } {
  const original = source(call, "message to copy not found");
  if (isService(original)) throw defect("message can't be copied");
  const { chat, message } = readEnvelope(call);
  const { text, entities } = currentVersion(original);
  const content = call.params.has("caption") ? newCaption(call) : { text, entities };
  return { message_id: postMessage(chat, { ...message, ...content, media: original.media }).id };
}

export function forwardMessage(call: CallContext): unknown {
  const original = source(call, "message to forward not found");
  if (isService(original)) throw defect("message can't be forwarded");
  const chat = resolveChat(call, "write");
  const threadId = resolveThread(call, chat);
  const { text, entities } = currentVersion(original);
  const forwardOrigin = original.extra.forward_origin ?? {
    type: "user",
    date: unixSeconds(original.sentAtMs),
    sender_user: apiAuthor(original.author),
  };
  const forwarded = postMessage(chat, {
    author: { kind: "bot", bot: call.bot },
    atMs: call.nowMs,
    threadId,
    text,
    entities,
    media: original.media,
    silent: call.params.flag("disable_notification"),
    extra: { forward_origin: forwardOrigin },
  });
  return answerMessage(call, chat, forwarded);
}

function source(call: CallContext, missing: string): Message {
  const chat = resolveChat(call, "read", "from_chat_id");
  const message = visibleMessage(chat, call.params.integer("message_id") ?? 0);
  if (message === undefined) throw refusal(missing);
  return message;
}

const isService = (message: Message) => message.media === undefined && currentVersion(message).text === "";

const newCaption = (call: CallContext) =>
  readCaption(call, {
    text: call.params.text("caption"),
    entities: call.params.raw("caption_entities"),
    parseMode: call.params.optionalText("parse_mode"),
  });
