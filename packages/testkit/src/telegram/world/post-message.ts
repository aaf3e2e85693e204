import type { InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity } from "@grammyjs/types";
import type { AnyMarkup } from "../markup.ts";
import { type Chat, hasTopics, takeMessageId } from "./chat.ts";
import type { Author, Media, Message, ReplyTarget } from "./message.ts";

export interface NewMessage {
  author: Author;
  atMs: number;
  text?: string;
  entities?: MessageEntity[];
  media?: Media | undefined;
  threadId?: number | undefined;
  replyTo?: ReplyTarget | undefined;
  markup?: AnyMarkup | undefined;
  linkPreview?: LinkPreviewOptions | undefined;
  silent?: boolean;
  extra?: Readonly<Record<string, unknown>>;
}

/** Puts a message into a chat. Tells nobody: who sees it as an update is decided by deliver-update.ts. */
export function postMessage(chat: Chat, input: NewMessage): Message {
  const { markup, text = "", entities = [] } = input;
  const inline = inlineKeyboard(markup);
  const message: Message = {
    id: takeMessageId(chat),
    author: input.author,
    sentAtMs: input.atMs,
    threadId: input.threadId,
    isTopicMessage: input.threadId !== undefined && hasTopics(chat),
    replyTo: input.replyTo,
    media: input.media,
    extra: input.extra ?? {},
    silent: input.silent ?? false,
    inputKeyboard: markup !== undefined && !("inline_keyboard" in markup) ? markup : undefined,
    versions: [{ atMs: input.atMs, text, entities, replyMarkup: inline, linkPreview: input.linkPreview }],
    reactions: new Map(),
    reactionLog: [],
    deletedAtMs: undefined,
  };
  chat.messages.set(message.id, message);
  if (input.author.kind === "bot") {
    endDrafts(chat, input.author.bot.id, message);
    if (chat.type !== "private") chat.lastBotId = input.author.bot.id;
  }
  return message;
}

export const inlineKeyboard = (markup: AnyMarkup | undefined): InlineKeyboardMarkup | undefined =>
  markup !== undefined && "inline_keyboard" in markup ? markup : undefined;

/** A message of the bot takes the place of its drafts. */
function endDrafts(chat: Chat, botId: number, message: Message): void {
  for (const draft of chat.drafts) {
    if (draft.botId !== botId || draft.threadId !== message.threadId || draft.ended !== undefined) continue;
    draft.ended = { atMs: message.sentAtMs, by: "message" };
  }
}
