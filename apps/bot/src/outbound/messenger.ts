import type { ChatAddress } from "@steward/contract/ids";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { backoff, retry } from "@steward/platform/retry";
import {
  BotApiError,
  type BotArguments,
  BotNetworkError,
  InputFile,
  migratedTo,
} from "@steward/telegram/api";
import { LaneDeferredError, type Lanes, type Priority } from "@steward/telegram/lanes";
import type { FormattedText } from "@steward/telegram/render";
import type { Keyboard } from "./keyboard.ts";

/** `photo` and `video` are shown in the chat, re-encoded by Telegram; `document` arrives as it is. */
export type SentFileKind = "photo" | "video" | "document";
export interface SentFile {
  kind: SentFileKind;
  name: string;
  content: Blob;
}

export interface SendOptions {
  keyboard?: Keyboard | undefined;
  /** The message this answers; a deleted one is no hindrance. */
  replyToMessageId?: number | null;
  /** Arrives without a sound. */
  silent?: boolean;
  priority?: Priority;
  signal?: AbortSignal;
}

export interface EditOptions {
  keyboard?: Keyboard | undefined;
  priority?: Priority;
  signal?: AbortSignal;
}

/**
 * What this bot says, through its lanes. Failures of the network are repeated a few times; what then remains is
 * thrown: BotApiError, BotNetworkError, LaneDeferredError, LaneClosedError.
 */
export interface Messenger {
  /**
   * Sends a message and answers its id. **May arrive twice** when the network breaks after Telegram took it, so this is
   * for placeholders and for short replies that do no harm when doubled.
   */
  send(address: ChatAddress, content: FormattedText, options?: SendOptions): Promise<number>;
  /**
   * A reply that a person waits for: like `send`, and a chat that Telegram holds back is waited for as well (up to ten
   * minutes), because nobody would come back for it.
   */
  say(address: ChatAddress, content: FormattedText, options?: SendOptions): Promise<number>;
  /** Puts this content into a message. Repeating it changes nothing. */
  edit(address: ChatAddress, messageId: number, content: FormattedText, options?: EditOptions): Promise<void>;
  /**
   * Sends a file, **once**, and answers its message's id: Telegram cannot tell a repeat from a second file. What becomes of it otherwise is thrown.
   */
  sendFile(
    address: ChatAddress,
    file: SentFile,
    options: { replyToMessageId: number | null; signal: AbortSignal },
  ): Promise<number>;
  /**
   * The same for two to ten files as one album: photos and videos, or documents. Answers their messages' ids, in order.
   */
  sendAlbum(
    address: ChatAddress,
    files: readonly SentFile[],
    options: { replyToMessageId: number | null; signal: AbortSignal },
  ): Promise<number[]>;
  /** Puts a file in place of a message's text. Repeating it changes nothing. */
  editDocument(
    address: ChatAddress,
    messageId: number,
    file: { name: string; content: Blob },
    options?: EditOptions,
  ): Promise<void>;
  /** Takes the buttons off a message; a message that has gone is fine. */
  removeKeyboard(address: ChatAddress, messageId: number): Promise<void>;
  /** Takes a stray message away if that is possible. */
  remove(address: ChatAddress, messageId: number): Promise<void>;
  /** Stops the spinner on a pressed button, with a short toast. Late is too late, and harmless. */
  answerCallback(callbackId: string, text?: string): Promise<void>;
}

export const plainText = (text: string): FormattedText => ({ text, entities: [] });

const LONGEST_WAIT_MS = 600_000;
/** 50 MB at 100 kB a second, and what Telegram does with them. */
const UPLOAD_TIMEOUT_MS = 600_000;
const ATTEMPTS = 3;
const BACKOFF = backoff({ baseMs: 300, maxMs: 3_000 });

/** No answer, or one from something in front of the Bot API: worth another try. */
export function isOutage(error: unknown): boolean {
  return error instanceof BotNetworkError
    ? error.reason !== "aborted"
    : error instanceof BotApiError && error.code >= 500;
}

/** The chat's own fields of any call. */
export function chatFields(address: ChatAddress): { chat_id: number | string; message_thread_id?: number } {
  const numeric = Number(address.chatId);
  const chat_id = Number.isSafeInteger(numeric) ? numeric : address.chatId;
  return address.threadId === "" ? { chat_id } : { chat_id, message_thread_id: Number(address.threadId) };
}

const fileFields = (address: ChatAddress, replyToMessageId: number | null) => ({
  ...chatFields(address),
  ...(replyToMessageId !== null && {
    reply_parameters: { message_id: replyToMessageId, allow_sending_without_reply: true },
  }),
});

export function createMessenger(deps: {
  lanes: Lanes;
  /** Telegram says that a group lives on under another id. */
  onMoved?: (fromChatId: string, toChatId: string) => void;
  clock: Clock;
  log: Logger;
}): Messenger {
  const { lanes, clock, log } = deps;
  const repeat = <Value>(fn: () => Promise<Value>, signal?: AbortSignal): Promise<Value> =>
    retry(fn, { attempts: ATTEMPTS, backoff: BACKOFF, clock, judge: isOutage, ...(signal && { signal }) });
  const bestEffort = async (what: string, work: Promise<unknown>): Promise<void> => {
    await work.catch((error: unknown) =>
      log.debug({ err: error }, `${what} did not work; nothing depends on it`),
    );
  };

  const sendOnce = async (
    args: BotArguments<"sendMessage">,
    { priority = "command", signal }: SendOptions,
  ): Promise<number> => {
    try {
      return (await lanes.call("sendMessage", args, { priority, signal })).message_id;
    } catch (error) {
      if (args.message_thread_id === undefined || !isThreadGone(error)) throw error;
      // The topic was deleted; the person is better served in the chat itself than not at all.
      const { message_thread_id: _gone, ...rest } = args;
      return (await lanes.call("sendMessage", rest, { priority, signal })).message_id;
    }
  };

  const send: Messenger["send"] = (address, content, options = {}) =>
    repeat(
      () =>
        sendOnce(
          {
            ...chatFields(address),
            ...content,
            link_preview_options: { is_disabled: true },
            ...(options.silent === true && { disable_notification: true }),
            ...(options.keyboard && { reply_markup: options.keyboard }),
            ...(typeof options.replyToMessageId === "number" && {
              reply_parameters: {
                message_id: options.replyToMessageId,
                allow_sending_without_reply: true,
              },
            }),
          },
          options,
        ),
      options.signal,
    );

  return {
    send,
    say: async (address, content, options = {}) => {
      const patienceEndsAt = clock.now() + LONGEST_WAIT_MS;
      let to = address;
      for (;;) {
        try {
          return await send(to, content, options);
        } catch (error) {
          const movedTo = migratedTo(error);
          if (movedTo !== undefined && to === address) {
            deps.onMoved?.(address.chatId, movedTo);
            to = { ...address, chatId: movedTo };
            continue;
          }
          if (!(error instanceof LaneDeferredError) || error.retryAtMs > patienceEndsAt) throw error;
          await clock.sleep(Math.max(error.retryAtMs - clock.now(), 0), options.signal);
        }
      }
    },
    edit: async (address, messageId, content, { keyboard, priority = "command", signal } = {}) => {
      const args = {
        chat_id: chatFields(address).chat_id,
        message_id: messageId,
        ...content,
        link_preview_options: { is_disabled: true },
        ...(keyboard && { reply_markup: keyboard }),
      };
      await repeat(() => lanes.call("editMessageText", args, { priority, signal }), signal);
    },
    sendFile: async (address, { kind, name, content }, { replyToMessageId, signal }) => {
      const file = new InputFile(content, name);
      const common = fileFields(address, replyToMessageId);
      const shown = { ...common, caption: file.name };
      const options = { priority: "final" as const, signal, timeoutMs: UPLOAD_TIMEOUT_MS };
      if (kind === "photo")
        return (await lanes.call("sendPhoto", { ...shown, photo: file }, options)).message_id;
      if (kind === "document") {
        return (await lanes.call("sendDocument", { ...common, document: file }, options)).message_id;
      }
      const video = { ...shown, video: file, supports_streaming: true };
      return (await lanes.call("sendVideo", video, options)).message_id;
    },
    sendAlbum: async (address, files, { replyToMessageId, signal }) => {
      const media = files.map(({ kind, name, content }) => {
        const file = new InputFile(content, name);
        // A document shows its name itself.
        return { type: kind, media: file, ...(kind !== "document" && { caption: file.name }) };
      });
      // The types of the library tell albums of documents from those of photos and videos; the caller keeps them apart.
      const args = { ...fileFields(address, replyToMessageId), media } as BotArguments<"sendMediaGroup">;
      const options = { priority: "final" as const, signal, timeoutMs: UPLOAD_TIMEOUT_MS };
      return (await lanes.call("sendMediaGroup", args, options)).map(({ message_id }) => message_id);
    },
    editDocument: async (
      address,
      messageId,
      { name, content },
      { keyboard, priority = "command", signal } = {},
    ) => {
      const args = {
        chat_id: chatFields(address).chat_id,
        message_id: messageId,
        media: { type: "document" as const, media: new InputFile(content, name) },
        ...(keyboard && { reply_markup: keyboard }),
      };
      const options = { priority, signal, timeoutMs: UPLOAD_TIMEOUT_MS };
      await repeat(() => lanes.call("editMessageMedia", args, options), signal);
    },
    removeKeyboard: ({ chatId }, messageId) =>
      bestEffort(
        "removing buttons",
        lanes.call("editMessageReplyMarkup", {
          chat_id: Number(chatId),
          message_id: messageId,
          reply_markup: { inline_keyboard: [] },
        }),
      ),
    remove: ({ chatId }, messageId) =>
      bestEffort(
        "removing a stray message",
        lanes.call("deleteMessage", { chat_id: Number(chatId), message_id: messageId }),
      ),
    answerCallback: (callbackId, text) =>
      bestEffort(
        "answering a button",
        lanes.call("answerCallbackQuery", {
          callback_query_id: callbackId,
          ...(text !== undefined && { text: text.slice(0, 200) }),
        }),
      ),
  };
}

function isThreadGone(error: unknown): boolean {
  return error instanceof BotApiError && error.code === 400 && /thread not found/i.test(error.description);
}
