import type { IncomingAttachment } from "@steward/contract/attachments";
import type { InboxUpdate } from "@steward/contract/inbox";
import { languageOf } from "@steward/contract/messages";
import { type AccessDecision, isAddressed } from "@steward/telegram/access";
import { stripMention } from "@steward/telegram/strip-mention";
import {
  type Attachment,
  attachmentKey,
  attachmentName,
  type ClassifiedUpdate,
} from "@steward/telegram/update";
import { stripDirectionMarks } from "@steward/telegram/visible-text";
import { readUrgency } from "./urgent-text.ts";

/** Words that stop a running turn without a slash, in the languages we speak. */
const STOP_WORDS = /^(?:stop|cancel|停|停止|取消)[\s.!。！]*$/i;

/** How the reason begins for what a person sent on purpose and we cannot take yet. */
export const SENT_CONTENT = "content ";

/** Limits of the contract; Telegram's own are lower, but an update is handed in whatever it holds. */
const LONGEST_TEXT = 1_048_576;
const LONGEST_QUOTE = 65_536;

/**
 * A classified update as the inbox takes it. What was denied keeps its number and who it came from, nothing else.
 *
 * @param isBusy something runs or waits in the update's chat: then a plain "stop" means /stop
 * @param botUsername without the at sign: by it the bot is called in groups
 */
export function toInboxUpdate(
  given: ClassifiedUpdate & { updateId: number },
  decision: AccessDecision,
  { isBusy, botUsername }: { isBusy: boolean; botUsername: string },
): InboxUpdate {
  const { updateId, chat, sender, messageId, raw, membership, migration } = given;
  const isGroup = chat !== null && chat.type !== "private";
  const isSaid = given.kind === "prompt" || given.kind === "edit";
  const update = isGroup && isSaid ? { ...given, text: stripMention(given.text, botUsername) } : given;
  const base = {
    updateId,
    chat: chat === null ? null : { ...chat, title: chat.title?.slice(0, 256) ?? null },
    sender:
      sender === null
        ? null
        : {
            id: sender.id,
            username: sender.username?.slice(0, 64) ?? null,
            name: sender.name?.slice(0, 256) ?? null,
            language: languageOf(sender.languageCode),
          },
    messageId,
    sentAt: update.sentAtMs,
    text: "",
    command: null,
    replyTo: null,
    reason: null,
  };
  if (update.kind === "malformed") {
    return { ...base, kind: "malformed", reason: reasonOf(update.reason), raw };
  }
  if (decision.decision !== "allow") {
    const reason = decision.decision === "deny" ? decision.reason : "pairing";
    return { ...base, kind: "denied", reason, raw: null };
  }
  switch (update.kind) {
    case "command":
      return {
        ...base,
        kind: "command",
        command: update.command?.name.slice(0, 32) ?? "",
        text: update.command?.args.slice(0, LONGEST_TEXT) ?? "",
        replyTo: quoteOf(update),
        raw,
      };
    case "prompt": {
      const attachments = attachmentsOf(update);
      if (isBusy && attachments.length === 0 && STOP_WORDS.test(update.text.trim())) {
        return { ...base, kind: "command", command: "stop", replyTo: quoteOf(update), raw };
      }
      // Somebody only called the bot.
      if (isGroup && update.text === "" && attachments.length === 0 && update.replyTo === undefined) {
        return { ...base, kind: "command", command: "help", raw };
      }
      return {
        ...base,
        kind: "prompt",
        ...wordsOf(update),
        ...(isGroup && isAddressed(given, botUsername) && { addressed: true }),
        ...(attachments.length === 0 ? {} : { attachments }),
        ...(update.mediaGroupId === undefined ? {} : { mediaGroupId: update.mediaGroupId.slice(0, 64) }),
        raw,
      };
    }
    case "edit": {
      // What is running then, is running already: an edit interrupts nothing.
      const { interrupts: _urgent, ...words } = wordsOf(update);
      return { ...base, kind: "edit", ...words, raw };
    }
    case "unsupported": {
      // Also service messages come as such; only what a person sent on purpose deserves a word.
      const content = update.unsupportedContent;
      const reason =
        content === undefined ? `service: ${update.reason ?? "unknown"}` : `${SENT_CONTENT}${content}`;
      return { ...base, kind: "unsupported", reason: reasonOf(reason), raw };
    }
    default:
      return {
        ...base,
        kind: update.kind,
        text: update.text.slice(0, LONGEST_TEXT),
        ...(membership === undefined ? {} : { membership: cut(membership) }),
        ...(migration === undefined ? {} : { migration }),
        reason: update.reason === undefined ? null : reasonOf(update.reason),
        raw,
      };
  }
}

/** A person's own words; those of others stay as they are. */
function wordsOf(
  update: ClassifiedUpdate,
): Pick<InboxUpdate, "text" | "replyTo" | "interrupts" | "forwardedFrom" | "forwardedAt"> {
  const replyTo = quoteOf(update);
  if (update.forwardedFrom !== undefined) {
    const forwarded = {
      forwardedFrom: nameOf(update.forwardedFrom),
      forwardedAt: update.forwardedAtMs ?? null,
    };
    return { text: update.text.slice(0, LONGEST_TEXT), replyTo, ...forwarded };
  }
  const { text, interrupts } = readUrgency(update.text);
  return { text: text.slice(0, LONGEST_TEXT), replyTo, ...(interrupts && { interrupts }) };
}
const cut = ({ oldStatus, newStatus }: { oldStatus: string; newStatus: string }) => ({
  oldStatus: oldStatus.slice(0, 64),
  newStatus: newStatus.slice(0, 64),
});

const reasonOf = (reason: string | undefined): string => (reason ?? "unknown").slice(0, 200);

const nameOf = (name: string): string => stripDirectionMarks(name).slice(0, 256);

/** A quote from another chat has no message here; 0 is no message's id. */
function quoteOf({ replyTo }: ClassifiedUpdate): InboxUpdate["replyTo"] {
  if (replyTo === undefined) return null;
  const { messageId, text, fromName, sentAtMs } = replyTo;
  return {
    messageId: messageId ?? 0,
    text: text.slice(0, LONGEST_QUOTE),
    ...(fromName === undefined ? {} : { from: nameOf(fromName) }),
    ...(sentAtMs === undefined ? {} : { sentAt: sentAtMs }),
  };
}

/** Its own files, then those of the message it answers: what a person points at belongs to what they say. */
function attachmentsOf({ attachments, replyTo, messageId }: ClassifiedUpdate): IncomingAttachment[] {
  const repliedId = replyTo?.messageId ?? null;
  const own = messageId === null ? [] : attachments.map((each) => incoming(each, messageId));
  const replied =
    repliedId === null
      ? []
      : (replyTo?.attachments ?? []).map((each) => ({ ...incoming(each, repliedId), ofReply: true }));
  return [...own, ...replied];
}

const incoming = (attachment: Attachment, messageId: number): IncomingAttachment => ({
  key: attachmentKey(messageId, attachment),
  kind: attachment.kind,
  remoteId: attachment.fileId.slice(0, 512),
  name: attachmentName(attachment).slice(0, 1_000),
  bytes: attachment.sizeBytes !== undefined && attachment.sizeBytes >= 0 ? attachment.sizeBytes : null,
  ...(attachment.durationMs === undefined
    ? {}
    : { durationMs: Math.max(0, Math.round(attachment.durationMs)) }),
});
