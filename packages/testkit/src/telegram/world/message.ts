import type {
  ForceReply,
  InlineKeyboardMarkup,
  LinkPreviewOptions,
  MessageEntity,
  ReactionType,
  ReplyKeyboardMarkup,
  ReplyKeyboardRemove,
} from "@grammyjs/types";
import type { Bot } from "./bot.ts";
import type { StoredFile } from "./files.ts";
import type { User } from "./user.ts";

/** Who wrote a message. */
export type Author = { kind: "user"; user: User } | { kind: "bot"; bot: Bot };

/** What a message said from `atMs` on. The first version is the message as sent, each further one an edit. */
export interface MessageVersion {
  atMs: number;
  /** Text of a text message, caption of a media message; "" for neither. */
  text: string;
  entities: MessageEntity[];
  replyMarkup: InlineKeyboardMarkup | undefined;
  linkPreview: LinkPreviewOptions | undefined;
}

/** File ids differ per bot, so media is kept as a function of who looks. */
export type MediaView = (fileId: (file: StoredFile) => string) => Record<string, unknown>;

export interface Media {
  /** The API field: photo, document, voice, … */
  field: string;
  files: StoredFile[];
  view: MediaView;
}

export interface ReplyTarget {
  message: Message;
  quote: { text: string; entities: MessageEntity[]; position: number; isManual: boolean } | undefined;
}

export interface Message {
  readonly id: number;
  readonly author: Author;
  readonly sentAtMs: number;
  readonly threadId: number | undefined;
  /** True in forum topics and private topics; false for the reply threads of a plain supergroup. */
  readonly isTopicMessage: boolean;
  readonly replyTo: ReplyTarget | undefined;
  /** Of the newest version. */
  media: Media | undefined;
  /** Other API fields, as they are: service messages, forward_origin, media_group_id, sender_chat, … */
  readonly extra: Readonly<Record<string, unknown>>;
  readonly silent: boolean;
  /** A keyboard under the input field that came with the message; not part of the message itself. */
  readonly inputKeyboard: ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply | undefined;
  readonly versions: MessageVersion[];
  /** By actor: user id or bot id. */
  readonly reactions: Map<number, ReactionType[]>;
  readonly reactionLog: { atMs: number; actorId: number; reactions: ReactionType[] }[];
  deletedAtMs: number | undefined;
}

/** Sets what one actor's reactions are; an empty list takes them away. */
export function setReactions(
  message: Message,
  actorId: number,
  reactions: ReactionType[],
  atMs: number,
): void {
  if (reactions.length === 0) message.reactions.delete(actorId);
  else message.reactions.set(actorId, reactions);
  message.reactionLog.push({ atMs, actorId, reactions });
}

/** The newest version. */
export function currentVersion(message: Message): MessageVersion {
  const version = message.versions.at(-1);
  if (version === undefined) throw new Error(`message ${message.id} has no version`);
  return version;
}
