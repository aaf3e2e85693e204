import type {
  ForceReply,
  InlineKeyboardMarkup,
  LinkPreviewOptions,
  MessageEntity,
  ReactionType,
  ReplyKeyboardMarkup,
  ReplyKeyboardRemove,
} from "@grammyjs/types";
import { DRAFT_TTL_MS } from "../methods/drafts.ts";
import type { CallbackQuery } from "../world/callback-queries.ts";
import type { Chat, Draft } from "../world/chat.ts";
import type { StoredFile } from "../world/files.ts";
import { type Author, currentVersion, type Message, type MessageVersion } from "../world/message.ts";

/** A message as it stands now, and how it came to be. */
export interface TranscriptMessage {
  id: number;
  from: { kind: "user" | "bot"; id: number; name: string };
  /** When it was sent, UTC milliseconds. */
  atMs: number;
  threadId: number | undefined;
  isTopicMessage: boolean;
  /** Id of the message it replies to, and the quoted part. */
  replyTo: number | undefined;
  quote: string | undefined;
  /** Text, or caption of media; "" for service messages. */
  text: string;
  /** As the server keeps them (trimmed and moved), without those it detects itself. */
  entities: MessageEntity[];
  replyMarkup: InlineKeyboardMarkup | undefined;
  linkPreview: LinkPreviewOptions | undefined;
  inputKeyboard: ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply | undefined;
  media: { kind: string; files: StoredFile[] } | undefined;
  /** Service content and other fields, e.g. media_group_id, forward_origin. */
  extra: Readonly<Record<string, unknown>>;
  /** Sent with disable_notification. */
  silent: boolean;
  /** Every version with its time; the first is the message as sent. */
  versions: MessageVersion[];
  /** How often it was edited. */
  edits: number;
  deleted: boolean;
  deletedAtMs: number | undefined;
  reactions: { actorId: number; reaction: ReactionType }[];
  /** Every change of reactions, with its time. */
  reactionLog: { atMs: number; actorId: number; reactions: ReactionType[] }[];
}

export interface TranscriptDraft extends Omit<Draft, "ended"> {
  text: string;
  state: "live" | "expired" | "replaced" | "stopped";
}

/** What a person sees of a chat with a bot, plus what led there. */
export interface Transcript {
  chat: { id: number; type: Chat["type"]; title: string };
  /** In order of sending, deleted ones included. */
  messages: TranscriptMessage[];
  /** The messages on the screen. */
  visible: TranscriptMessage[];
  actions: { atMs: number; action: string; threadId: number | undefined }[];
  drafts: TranscriptDraft[];
  presses: CallbackQuery[];
  pinned: number[];
  topics: { id: number; name: string; closed: boolean; deleted: boolean }[];
}

export interface TranscriptOptions {
  /** Only this topic; `null` for what lies in none. */
  thread?: number | null;
}

/** @param presses all pressed buttons; those of the chat are picked out. */
export function transcriptOf(
  chat: Chat,
  botId: number,
  presses: readonly CallbackQuery[],
  nowMs: number,
  { thread }: TranscriptOptions = {},
): Transcript {
  const inThread = (threadId: number | undefined) =>
    thread === undefined || (thread ?? undefined) === threadId;
  const messages = [...chat.messages.values()]
    .filter((message) => inThread(message.threadId))
    .map(transcribe);
  return {
    chat: { id: chat.id, type: chat.type, title: titleOf(chat) },
    messages,
    visible: messages.filter(({ deleted }) => !deleted),
    actions: chat.actions
      .filter((action) => action.botId === botId && inThread(action.threadId))
      .map(({ atMs, action, threadId }) => ({ atMs, action, threadId })),
    drafts: chat.drafts
      .filter((draft) => draft.botId === botId && inThread(draft.threadId))
      .map((draft) => transcribeDraft(draft, nowMs)),
    presses: presses.filter(
      (press) => press.chat === chat && press.bot.id === botId && inThread(press.message.threadId),
    ),
    pinned: [...chat.pinned],
    topics: [...chat.topics.values()].map(({ id, name, closed, deleted }) => ({ id, name, closed, deleted })),
  };
}

export const titleOf = (chat: Chat): string =>
  chat.type === "private" ? `${chat.user.first_name} with @${chat.bot.username}` : chat.title;

const nameOf = (author: Author): string =>
  author.kind === "user" ? author.user.first_name : `@${author.bot.username}`;

function transcribe(message: Message): TranscriptMessage {
  const { text, entities, replyMarkup, linkPreview } = currentVersion(message);
  const { author } = message;
  return {
    id: message.id,
    from: {
      kind: author.kind,
      id: author.kind === "user" ? author.user.id : author.bot.id,
      name: nameOf(author),
    },
    atMs: message.sentAtMs,
    threadId: message.threadId,
    isTopicMessage: message.isTopicMessage,
    replyTo: message.replyTo?.message.id,
    quote: message.replyTo?.quote?.text,
    text,
    entities,
    replyMarkup,
    linkPreview,
    inputKeyboard: message.inputKeyboard,
    media:
      message.media === undefined ? undefined : { kind: message.media.field, files: message.media.files },
    extra: message.extra,
    silent: message.silent,
    versions: [...message.versions],
    edits: message.versions.length - 1,
    deleted: message.deletedAtMs !== undefined,
    deletedAtMs: message.deletedAtMs,
    reactions: [...message.reactions].flatMap(([actorId, list]) =>
      list.map((reaction) => ({ actorId, reaction })),
    ),
    reactionLog: [...message.reactionLog],
  };
}

function transcribeDraft({ ended, ...draft }: Draft, nowMs: number): TranscriptDraft {
  const last = draft.versions.at(-1);
  const expired = nowMs - (last?.atMs ?? 0) >= DRAFT_TTL_MS;
  const state =
    ended === undefined ? (expired ? "expired" : "live") : ended.by === "stop" ? "stopped" : "replaced";
  return { ...draft, versions: [...draft.versions], text: last?.text ?? "", state };
}
