import { isDeepStrictEqual } from "node:util";
import type { LinkPreviewOptions } from "@grammyjs/types";
import { defect, refusal } from "../api-error.ts";
import { type AnyMarkup, checkMarkup } from "../markup.ts";
import type { FormattedText } from "../text/normalize-text.ts";
import { readCaption, readMessageText } from "../text/read-text.ts";
import { type Chat, isAdministrator, visibleMessage } from "../world/chat.ts";
import { currentVersion, type Message, type MessageVersion } from "../world/message.ts";
import { inlineKeyboard, postMessage } from "../world/post-message.ts";
import type { CallContext } from "./call-context.ts";
import { resolveChat } from "./resolve-chat.ts";
import { answerMessage, readEnvelope } from "./sending.ts";

/** A message older than this cannot be deleted by a bot. */
const DELETABLE_MS = 48 * 60 * 60 * 1000;
const MAX_DELETE_AT_ONCE = 100;

export function sendMessage(call: CallContext): unknown {
  const text = readMessageText(call, textInput(call));
  const { chat, message } = readEnvelope(call);
  return answerMessage(call, chat, postMessage(chat, { ...message, ...text }));
}

export function editMessageText(call: CallContext): unknown {
  const text = readMessageText(call, textInput(call));
  const { chat, message } = ownMessage(call);
  if (message.media !== undefined || currentVersion(message).text === "") {
    throw defect("There is no text in the message to edit");
  }
  return edit(call, chat, message, {
    ...text,
    linkPreview: call.params.structure<LinkPreviewOptions>("link_preview_options"),
  });
}

export function editMessageCaption(call: CallContext): unknown {
  const caption = readCaption(call, {
    text: call.params.text("caption"),
    entities: call.params.raw("caption_entities"),
    parseMode: call.params.optionalText("parse_mode"),
  });
  const { chat, message } = ownMessage(call);
  if (message.media === undefined) throw defect("There is no caption in the message to edit");
  return edit(call, chat, message, { ...caption, linkPreview: undefined });
}

export function editMessageReplyMarkup(call: CallContext): unknown {
  const { chat, message } = ownMessage(call);
  const { text, entities, linkPreview } = currentVersion(message);
  return edit(call, chat, message, { text, entities, linkPreview });
}

export function deleteMessage(call: CallContext): true {
  const messageId = call.params.integer("message_id") ?? 0;
  if (messageId === 0) throw defect("Message identifier is not specified");
  const chat = resolveChat(call, "write");
  const message = visibleMessage(chat, messageId);
  if (message === undefined) throw refusal("message to delete not found");
  checkDeletable(call, chat, message);
  message.deletedAtMs = call.nowMs;
  return true;
}

/** Unlike deleteMessage it skips what is not there. */
export function deleteMessages(call: CallContext): true {
  const ids = call.params.structure<number[]>("message_ids") ?? [];
  if (ids.length === 0) throw defect("Message identifiers are not specified");
  if (ids.length > MAX_DELETE_AT_ONCE) throw defect("Too many message identifiers specified");
  const chat = resolveChat(call, "write");
  const found = ids.flatMap((id) => visibleMessage(chat, id) ?? []);
  for (const message of found) checkDeletable(call, chat, message);
  for (const message of found) message.deletedAtMs = call.nowMs;
  return true;
}

function textInput({ params }: CallContext) {
  return {
    text: params.text("text"),
    entities: params.raw("entities"),
    parseMode: params.optionalText("parse_mode"),
  };
}

export function ownMessage(call: CallContext): { chat: Chat; message: Message } {
  const chat = resolveChat(call, "edit");
  const message = visibleMessage(chat, call.params.integer("message_id") ?? 0);
  if (message === undefined) throw refusal("message to edit not found");
  const isOwn = message.author.kind === "bot" && message.author.bot === call.bot;
  if (!isOwn || message.extra.forward_origin !== undefined) throw defect("Message can't be edited");
  return { chat, message };
}

/** An edit without reply_markup takes the keyboard away. */
export function edit(
  call: CallContext,
  chat: Chat,
  message: Message,
  content: FormattedText & Pick<MessageVersion, "linkPreview">,
  { isOtherMedia = false } = {},
): unknown {
  const markup = checkMarkup(call, chat, call.params.structure<AnyMarkup>("reply_markup"));
  const version: MessageVersion = { ...content, atMs: call.nowMs, replyMarkup: inlineKeyboard(markup) };
  if (!isOtherMedia && isSame(version, currentVersion(message))) {
    throw refusal(
      "message is not modified: specified new message content and reply markup are exactly the same as a current " +
        "content and reply markup of the message",
    );
  }
  message.versions.push(version);
  return answerMessage(call, chat, message);
}

function isSame(a: MessageVersion, b: MessageVersion): boolean {
  const shown = ({ text, entities, replyMarkup, linkPreview }: MessageVersion) => [
    text,
    entities,
    replyMarkup,
    linkPreview,
  ];
  return isDeepStrictEqual(shown(a), shown(b));
}

function checkDeletable(call: CallContext, chat: Chat, message: Message): void {
  const isOwn = message.author.kind === "bot" && message.author.bot === call.bot;
  const mayDeleteOthers = chat.type === "private" || isAdministrator(chat, call.bot.id);
  if (!isOwn && !mayDeleteOthers) throw defect("Message can't be deleted");
  const isOld = call.nowMs - message.sentAtMs > DELETABLE_MS;
  const groupAdministrator = chat.type !== "private" && mayDeleteOthers;
  if (isOld && !groupAdministrator) throw refusal("Message can't be deleted for everyone");
}
