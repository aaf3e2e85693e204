export type ChatType = "private" | "group" | "supergroup" | "channel";

export type UpdateKind =
  | "prompt"
  | "command"
  | "callback"
  | "edit"
  | "membership"
  | "unsupported"
  | "malformed";

export interface UpdateChat {
  /** Decimal; groups are negative. */
  id: string;
  type: ChatType;
  /** Topic of a forum, decimal. Empty outside topics and in a forum's General topic. */
  threadId: string;
  /** Of a group or channel, as its members see it. */
  title?: string;
}

/** A person (or bot) as Telegram vouches for them. Only `id` identifies; names and usernames change hands. */
export interface UpdateSender {
  id: string;
  username?: string;
  name?: string;
  /** IETF tag of the person's app, e.g. `zh-hans`. */
  languageCode?: string;
}

/**
 * What makes a message less than a person's own words to the bot.
 * - `sender_chat`: sent in the name of a channel or group; `anonymous_admin`: in the name of the group itself
 * - `channel_post`: nobody in particular · `from_bot`: another bot · `via_bot`: written by an inline bot
 * - `forwarded`: somebody else's words
 */
export type UpdateFlag =
  | "sender_chat"
  | "anonymous_admin"
  | "channel_post"
  | "from_bot"
  | "via_bot"
  | "forwarded";

export type AttachmentKind =
  | "photo"
  | "document"
  | "voice"
  | "audio"
  | "video"
  | "video_note"
  | "animation"
  | "sticker";

export interface Attachment {
  kind: AttachmentKind;
  /** For getFile; valid for this bot only. */
  fileId: string;
  fileUniqueId?: string;
  /** As the sender chose it: sanitise before it becomes a path. */
  fileName?: string;
  /** As the sender claims it. */
  mimeType?: string;
  sizeBytes?: number;
  durationMs?: number;
  width?: number;
  height?: number;
}

export interface UpdateCommand {
  /** Lower case, without the slash. */
  name: string;
  /** What stands behind it, trimmed. */
  args: string;
  /** From `/name@bot`, as written. */
  addressedTo?: string;
}

export interface UpdateReply {
  /** What the person replied to: the part they quoted, else the whole text, with a word for each file. */
  text: string;
  /** Null when the message lies in another chat. */
  messageId: number | null;
  fromUsername?: string;
  /** Who wrote it, by name, and when (UTC ms). */
  fromName?: string;
  sentAtMs?: number;
  /** Its files, unless a bot sent them. */
  attachments: Attachment[];
}

/** A raw update of the Bot API, read. */
export interface ClassifiedUpdate {
  /** Null only when the update carries none, which makes it malformed. */
  updateId: number | null;
  kind: UpdateKind;
  /** Null for updates that belong to no chat. */
  chat: UpdateChat | null;
  /** Null when nobody in particular sent it; nothing may be done for such an update. */
  sender: UpdateSender | null;
  /** The message's text or caption, with the command if it is one; a callback's data. */
  text: string;
  command?: UpdateCommand;
  replyTo?: UpdateReply;
  /** Whose words a forwarded message holds, as far as a name is known; empty when none is. */
  forwardedFrom?: string;
  /** When a forwarded message was written; UTC ms. */
  forwardedAtMs?: number;
  /** The id answers the press; the data is what our button carried. */
  callback?: { id: string; data: string };
  membership?: { oldStatus: string; newStatus: string };
  /** The group lives on under another id. */
  migration?: { fromChatId: string; toChatId: string };
  attachments: Attachment[];
  /** Shared by the messages of an album, which come as one update each. */
  mediaGroupId?: string;
  /** Usernames mentioned in the text, lower case, without the at sign. */
  mentions: string[];
  flags: UpdateFlag[];
  messageId: number | null;
  /** When the message was sent, UTC ms. */
  sentAtMs: number | null;
  /** Why it is `unsupported` or `malformed`. */
  reason?: string;
  /** A person sent something that we cannot take (`story`, `dice` …): worth a polite answer. */
  unsupportedContent?: string;
  raw: unknown;
}
