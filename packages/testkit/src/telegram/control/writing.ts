import type { MessageEntity } from "@grammyjs/types";
import { type Chat, hasTopics, isAdministrator, isPresent, visibleMessage } from "../world/chat.ts";
import { deliverMessage } from "../world/deliver-update.ts";
import type { FileInput } from "../world/files.ts";
import { type MediaDetails, type MediaKind, newMedia } from "../world/media.ts";
import { currentVersion, type Message, type ReplyTarget } from "../world/message.ts";
import { postMessage } from "../world/post-message.ts";
import type { ControlDeps, Seat, SendOptions } from "./seat.ts";

/** A message, or its id in the chat at hand. */
export type MessageRef = number | { readonly id: number };

const MAX_TEXT_UNITS = 4096;
const MAX_CAPTION_UNITS = 1024;

export interface UserMessage extends SendOptions {
  text?: string;
  media?: { kind: MediaKind; file: FileInput; details: MediaDetails };
}

/** Writes a message as a person and shows it to the bots. */
export function writeAsUser(deps: ControlDeps, { chat, user }: Seat, input: UserMessage): Message {
  const { world } = deps;
  checkMayWrite(chat, user.id);
  const maxUnits = input.media === undefined ? MAX_TEXT_UNITS : MAX_CAPTION_UNITS;
  const { text = "" } = input;
  if (text.length > maxUnits) throw new Error(`clients send at most ${maxUnits} characters; see sendPaste`);
  if (chat.type === "private") chat.started = true;
  const replyTo = replyTarget(chat, input);
  const message = postMessage(chat, {
    author: { kind: "user", user },
    atMs: world.clock.now(),
    text,
    entities: input.entities ?? [],
    media:
      input.media === undefined
        ? undefined
        : newMedia(world.files, input.media.kind, input.media.file, input.media.details),
    threadId: threadOf(chat, input.thread, replyTo),
    replyTo,
    extra: input.extra ?? {},
  });
  deliverMessage(world, chat, message);
  deps.onChange();
  return message;
}

export function editAsUser(
  deps: ControlDeps,
  { chat, user }: Seat,
  ref: MessageRef,
  text: string,
  entities: MessageEntity[],
): void {
  const message = shownMessage(chat, ref);
  if (message.author.kind !== "user" || message.author.user !== user) {
    throw new Error(`message ${message.id} is not ${user.first_name}'s own`);
  }
  message.versions.push({ ...currentVersion(message), atMs: deps.world.clock.now(), text, entities });
  deliverMessage(deps.world, chat, message, "edited_message");
  deps.onChange();
}

export function deleteAsUser(deps: ControlDeps, { chat, user }: Seat, ref: MessageRef): void {
  const message = shownMessage(chat, ref);
  const isOwn = message.author.kind === "user" && message.author.user === user;
  if (!isOwn && chat.type !== "private" && !isAdministrator(chat, user.id)) {
    throw new Error(`${user.first_name} may not delete message ${message.id}`);
  }
  message.deletedAtMs = deps.world.clock.now();
  deps.onChange();
}

/** The message a person sees; throws when it is not there. */
export function shownMessage(chat: Chat, ref: MessageRef): Message {
  const id = typeof ref === "number" ? ref : ref.id;
  const message = visibleMessage(chat, id);
  if (message === undefined) throw new Error(`chat ${chat.id} shows no message ${id}`);
  return message;
}

function checkMayWrite(chat: Chat, userId: number): void {
  if (chat.type === "private") {
    if (chat.blocked) throw new Error("the bot is blocked; unblock it first");
    return;
  }
  if (chat.deleted || chat.migratedTo !== undefined) throw new Error(`group ${chat.id} exists no more`);
  if (!isPresent(chat.members.get(userId)?.status))
    throw new Error(`user ${userId} is not in group ${chat.id}`);
}

function replyTarget(chat: Chat, { replyTo, quote }: SendOptions): ReplyTarget | undefined {
  if (replyTo === undefined) return undefined;
  const message = shownMessage(chat, replyTo);
  if (quote === undefined) return { message, quote: undefined };
  const position = currentVersion(message).text.indexOf(quote);
  if (position === -1) throw new Error(`message ${message.id} does not contain "${quote}"`);
  return { message, quote: { text: quote, entities: [], position, isManual: true } };
}

/**
 * The topic a message lands in. In a supergroup without topics, replies carry the id of the message their thread
 * started with: a thread id that is no topic.
 */
function threadOf(
  chat: Chat,
  thread: number | undefined,
  replyTo: ReplyTarget | undefined,
): number | undefined {
  if (hasTopics(chat)) {
    if (thread === undefined) return replyTo?.message.threadId;
    const topic = chat.topics.get(thread);
    if (topic === undefined || topic.deleted) throw new Error(`chat ${chat.id} has no topic ${thread}`);
    return thread;
  }
  if (thread !== undefined) throw new Error(`chat ${chat.id} has no topics`);
  return chat.type === "supergroup" ? (replyTo?.message.threadId ?? replyTo?.message.id) : undefined;
}
