import { readAttachments } from "./attachments.ts";
import type { ClassifiedUpdate } from "./classified-update.ts";
import { parseCommand } from "./command.ts";
import { describeContent } from "./described-content.ts";
import { type Fields, field, fieldsOf, integerField, objectField, textField } from "./fields.ts";
import {
  readAuthor,
  readChat,
  readForward,
  readForwardedAt,
  readMentions,
  readReply,
  readUser,
} from "./read-message.ts";

export { attachmentKey, attachmentName } from "./attachments.ts";
export type {
  Attachment,
  AttachmentKind,
  ChatType,
  ClassifiedUpdate,
  UpdateChat,
  UpdateCommand,
  UpdateFlag,
  UpdateKind,
  UpdateReply,
  UpdateSender,
} from "./classified-update.ts";

/** The kinds of update we ask for. `chat_member`, reactions, inline and business updates are not among them. */
export const ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"] as const;

type Reading = Omit<ClassifiedUpdate, "updateId" | "raw">;

const READERS: Readonly<Record<string, (payload: Fields) => Reading>> = {
  message: readMessage,
  channel_post: readMessage,
  edited_message: readEdit,
  edited_channel_post: readEdit,
  callback_query: readCallback,
  my_chat_member: readMembership,
};

/**
 * Says what a raw update is, without doing anything and without ever throwing: what cannot be read is `malformed`, what
 * is not for us `unsupported`. Whether its sender may do anything is decided elsewhere (`decideAccess`).
 */
export function classifyUpdate(raw: unknown): ClassifiedUpdate {
  const update = fieldsOf(raw);
  const updateId = integerField(update, "update_id") ?? null;
  return { updateId, ...readUpdate(update, updateId), raw };
}

function readUpdate(update: Fields | null, updateId: number | null): Reading {
  if (update === null) return malformed("not an object");
  if (updateId === null || updateId < 0) return malformed("no update_id");
  const names = Object.keys(update).filter((name) => name !== "update_id");
  const [name] = names;
  if (name === undefined) return malformed("no content");
  if (names.length > 1) return malformed("more than one content");
  const payload = objectField(update, name);
  if (payload === null) return malformed(`${name.slice(0, 64)} is not an object`);
  const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  return read === undefined ? unsupported(`update ${name.slice(0, 64)}`) : read(payload);
}

function readMessage(message: Fields): Reading {
  const base = readMessageBase(message);
  if (base.kind === "malformed") return base;
  const migration = readMigration(message, base.chat?.id ?? "");
  if (migration !== undefined) return { ...base, kind: "membership", migration };
  if (base.text === "" && base.attachments.length === 0) {
    const content = contentName(message);
    const reason = `content ${content}`;
    return {
      ...base,
      kind: "unsupported",
      reason,
      ...(isFromPerson(content) ? { unsupportedContent: content } : {}),
    };
  }
  // A caption is never a command: it belongs to its file.
  const command = base.attachments.length > 0 ? null : parseCommand(textField(message, "text") ?? "");
  return command === null ? base : { ...base, kind: "command", command };
}

function readEdit(message: Fields): Reading {
  const base = readMessageBase(message);
  return base.kind === "malformed" ? base : { ...base, kind: "edit" };
}

function readMessageBase(message: Fields): Reading {
  const chat = readChat(objectField(message, "chat"), message);
  const messageId = integerField(message, "message_id");
  if (chat === null) return malformed("message without a valid chat");
  if (messageId === undefined) return malformed("message without an id");
  const written = textField(message, "text") ?? textField(message, "caption") ?? "";
  const replyTo = readReply(message);
  const forwardedFrom = readForward(message);
  const forwardedAtMs = forwardedFrom === undefined ? undefined : readForwardedAt(message);
  const mediaGroupId = textField(message, "media_group_id");
  const sentAtS = integerField(message, "date");
  return {
    kind: "prompt",
    chat,
    ...readAuthor(message, chat),
    text: written === "" ? (describeContent(message) ?? "") : written,
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(forwardedFrom === undefined ? {} : { forwardedFrom }),
    ...(forwardedAtMs === undefined ? {} : { forwardedAtMs }),
    ...(mediaGroupId === undefined ? {} : { mediaGroupId }),
    attachments: readAttachments(message),
    mentions: readMentions(message, written),
    messageId,
    sentAtMs: sentAtS === undefined ? null : sentAtS * 1000,
  };
}

function readCallback(query: Fields): Reading {
  const id = textField(query, "id");
  const sender = readUser(objectField(query, "from"));
  if (id === undefined || sender === null) return malformed("callback without id or sender");
  const message = objectField(query, "message");
  const chat = readChat(objectField(message, "chat"), message);
  const data = textField(query, "data");
  // A button under an inline message, or a game's: we never send such.
  if (chat === null || data === undefined) return unsupported("callback without message or data");
  const isBot = field(objectField(query, "from"), "is_bot") === true;
  return {
    ...emptyReading("callback"),
    chat,
    sender,
    text: data,
    callback: { id, data },
    flags: isBot ? ["from_bot"] : [],
    messageId: integerField(message, "message_id") ?? null,
  };
}

function readMembership(change: Fields): Reading {
  const chat = readChat(objectField(change, "chat"), null);
  const newStatus = textField(objectField(change, "new_chat_member"), "status");
  if (chat === null || newStatus === undefined) return malformed("membership without chat or status");
  const oldStatus = textField(objectField(change, "old_chat_member"), "status") ?? "";
  const sender = readUser(objectField(change, "from"));
  return { ...emptyReading("membership"), chat, sender, membership: { oldStatus, newStatus } };
}

function readMigration(message: Fields, chatId: string): Reading["migration"] {
  const to = integerField(message, "migrate_to_chat_id");
  if (to !== undefined) return { fromChatId: chatId, toChatId: String(to) };
  const from = integerField(message, "migrate_from_chat_id");
  return from === undefined ? undefined : { fromChatId: String(from), toChatId: chatId };
}

/** What people send that we have no use for; everything else without text is a service message, left unanswered. */
const PERSONS_CONTENT = new Set([
  "story",
  "paid_media",
  "game",
  "checklist",
  "giveaway",
  "invoice",
  "rich_message",
  "live_photo",
]);
const isFromPerson = (content: string): boolean => PERSONS_CONTENT.has(content);

/** Says nothing about what a message holds. */
const ENVELOPE = new Set([
  "message_id",
  "message_thread_id",
  "from",
  "sender_chat",
  "sender_boost_count",
  "sender_tag",
  "date",
  "edit_date",
  "chat",
  "is_topic_message",
  "reply_to_message",
  "external_reply",
  "quote",
  "via_bot",
  "forward_origin",
  "has_protected_content",
  "is_from_offline",
  "media_group_id",
]);

function contentName(message: Fields): string {
  const names = Object.keys(message).filter((name) => !ENVELOPE.has(name));
  return (names.find(isFromPerson) ?? names[0] ?? "none").slice(0, 64);
}

function emptyReading(kind: Reading["kind"]): Reading {
  return {
    kind,
    chat: null,
    sender: null,
    text: "",
    attachments: [],
    mentions: [],
    flags: [],
    messageId: null,
    sentAtMs: null,
  };
}

const malformed = (reason: string): Reading => ({ ...emptyReading("malformed"), reason });
const unsupported = (reason: string): Reading => ({ ...emptyReading("unsupported"), reason });
