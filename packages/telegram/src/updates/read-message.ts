import { readAttachments } from "./attachments.ts";
import type { ChatType, UpdateChat, UpdateFlag, UpdateReply, UpdateSender } from "./classified-update.ts";
import { describeContent } from "./described-content.ts";
import { type Fields, field, integerField, listField, objectField, textField } from "./fields.ts";

const CHAT_TYPES: readonly string[] = ["private", "group", "supergroup", "channel"] satisfies ChatType[];

/** The forum topic that is none: calls that name it are refused. */
const GENERAL_TOPIC = 1;

/** Null when the chat has no valid id or type. `message` tells the topic. */
export function readChat(chat: Fields | null, message: Fields | null): UpdateChat | null {
  const id = integerField(chat, "id");
  const type = textField(chat, "type");
  if (id === undefined || id === 0 || type === undefined || !CHAT_TYPES.includes(type)) return null;
  // Outside of forums a reply thread has a message_thread_id too, but no is_topic_message.
  const topic =
    field(message, "is_topic_message") === true ? integerField(message, "message_thread_id") : undefined;
  const threadId = topic === undefined || topic <= GENERAL_TOPIC ? "" : String(topic);
  const title = textField(chat, "title");
  // Checked against the list just above.
  return { id: String(id), type: type as ChatType, threadId, ...(title !== undefined && { title }) };
}

/** Null unless there is a numeric id: nothing else identifies a person. */
export function readUser(user: Fields | null): UpdateSender | null {
  const id = integerField(user, "id");
  if (id === undefined || id <= 0) return null;
  const name = [textField(user, "first_name"), textField(user, "last_name")].filter(Boolean).join(" ");
  const username = textField(user, "username");
  const languageCode = textField(user, "language_code");
  return {
    id: String(id),
    ...(username === undefined ? {} : { username }),
    ...(name === "" ? {} : { name }),
    ...(languageCode === undefined ? {} : { languageCode }),
  };
}

/**
 * Who sent a message, if that is a person. A message in the name of a chat carries a stand-in as `from` (Telegram's
 * GroupAnonymousBot and the like): it has no sender.
 */
export function readAuthor(
  message: Fields,
  chat: UpdateChat,
): { sender: UpdateSender | null; flags: UpdateFlag[] } {
  const flags: UpdateFlag[] = [];
  const from = objectField(message, "from");
  const senderChat = field(message, "sender_chat");
  if (chat.type === "channel") flags.push("channel_post");
  if (senderChat !== undefined) {
    const isOwnChat = String(integerField(objectField(message, "sender_chat"), "id")) === chat.id;
    flags.push(isOwnChat && chat.type !== "channel" ? "anonymous_admin" : "sender_chat");
  }
  if (field(from, "is_bot") === true) flags.push("from_bot");
  if (field(message, "via_bot") !== undefined) flags.push("via_bot");
  if (FORWARD_MARKS.some((mark) => field(message, mark) !== undefined)) flags.push("forwarded");
  const isNobody = chat.type === "channel" || senderChat !== undefined;
  return { sender: isNobody ? null : readUser(from), flags };
}

/** `forward_origin`, and what the Bot API before 7.0 (an older local server) had in its place. */
const FORWARD_MARKS = [
  "forward_origin",
  "forward_date",
  "forward_from",
  "forward_from_chat",
  "forward_sender_name",
  "is_automatic_forward",
];

/** Who wrote what was forwarded, by the name Telegram gives; empty without one, undefined when nothing was. */
export function readForward(message: Fields): string | undefined {
  if (FORWARD_MARKS.every((mark) => field(message, mark) === undefined)) return undefined;
  const origin = objectField(message, "forward_origin");
  const person = readUser(objectField(origin, "sender_user") ?? objectField(message, "forward_from"));
  const chat =
    objectField(origin, "sender_chat") ??
    objectField(origin, "chat") ??
    objectField(message, "forward_from_chat");
  return (
    person?.name ??
    textField(chat, "title") ??
    textField(origin, "sender_user_name") ??
    textField(message, "forward_sender_name") ??
    ""
  );
}

/** When what was forwarded was written (UTC ms), as far as that is told. */
export function readForwardedAt(message: Fields): number | undefined {
  return atMs(
    integerField(objectField(message, "forward_origin"), "date") ?? integerField(message, "forward_date"),
  );
}

/** What a message replies to. The first message of a topic, which every message in it "replies" to, is none. */
export function readReply(message: Fields): UpdateReply | undefined {
  const replied = objectField(message, "reply_to_message");
  const quote = objectField(message, "quote");
  const quoted = field(quote, "is_manual") === true ? textField(quote, "text") : undefined;
  if (replied !== null) {
    if (field(replied, "forum_topic_created") !== undefined) return undefined;
    const from = objectField(replied, "from");
    return {
      text: quoted ?? describeReplied(replied),
      messageId: integerField(replied, "message_id") ?? null,
      ...present({
        fromUsername: textField(from, "username"),
        fromName: textField(objectField(replied, "sender_chat"), "title") ?? readUser(from)?.name,
        sentAtMs: atMs(integerField(replied, "date")),
      }),
      attachments: field(from, "is_bot") === true ? [] : readAttachments(replied),
    };
  }
  const elsewhere = objectField(message, "external_reply");
  if (elsewhere === null) return undefined;
  const text = textField(quote, "text") ?? describeReplied(elsewhere);
  if (text === "") return undefined;
  const origin = objectField(elsewhere, "origin");
  return {
    text,
    messageId: null,
    ...present({
      fromName: readForward({ forward_origin: origin }) || undefined,
      sentAtMs: atMs(integerField(origin, "date")),
    }),
    attachments: [],
  };
}

const atMs = (seconds: number | undefined): number | undefined =>
  seconds === undefined || seconds <= 0 ? undefined : seconds * 1000;

const present = <Known extends object>(
  fields: Known,
): { [Name in keyof Known]?: Exclude<Known[Name], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Known]?: Exclude<Known[Name], undefined>;
  };

/** What was replied to: its words, and before them a word for its file: "[Photo] at the lake", "[Document: report.pdf]". */
function describeReplied(message: Fields): string {
  const words = textField(message, "text") ?? textField(message, "caption") ?? describeContent(message) ?? "";
  const [file] = readAttachments(message);
  if (file === undefined || file.kind === "sticker") return words;
  const kind = file.kind.replace("_", " ");
  const name = file.fileName === undefined ? "" : `: ${file.fileName}`;
  return `[${kind.charAt(0).toUpperCase()}${kind.slice(1)}${name}]${words === "" ? "" : ` ${words}`}`;
}

/** Lower-case usernames that the text mentions; only what the server marked as a mention counts. */
export function readMentions(message: Fields, text: string): string[] {
  const name = textField(message, "text") === undefined ? "caption_entities" : "entities";
  return listField(message, name).flatMap((entity) => {
    const type = textField(entity, "type");
    if (type === "text_mention") {
      const username = textField(objectField(entity, "user"), "username");
      return username === undefined ? [] : [username.toLowerCase()];
    }
    const offset = integerField(entity, "offset") ?? -1;
    const length = integerField(entity, "length") ?? 0;
    if (type !== "mention" || offset < 0 || length < 2) return [];
    const mention = text.slice(offset, offset + length);
    return mention.startsWith("@") ? [mention.slice(1).toLowerCase()] : [];
  });
}
