import { type BotApi, BotApiError, BotNetworkError } from "@steward/telegram/api";

export interface TinyMessage {
  chatId: string;
  id: number;
  text: string;
  /** Every text it ever showed. */
  texts: string[];
  buttons: string[];
  silent: boolean;
  replyTo: number | null;
  threadId: number | null;
  deleted: boolean;
}

export interface TinyCall {
  method: string;
  args: Record<string, unknown>;
}

/** Answers an error to fail with, and when: before the call takes effect, or after it did. */
export type Trouble = (call: TinyCall, index: number) => { error: Error; accepted: boolean } | null;

/**
 * As much of Telegram as a bot's messages need: chats whose messages are sent, edited and deleted, updates that wait
 * for their confirmation, and failures where a test wants them. The strict one is the emulator of the end-to-end tests.
 */
export class TinyTelegram {
  readonly calls: TinyCall[] = [];
  readonly messages: TinyMessage[] = [];
  trouble: Trouble = () => null;
  /** What a call waits for before anything happens. */
  gate: (call: TinyCall) => Promise<void> = () => Promise.resolve();
  /** Every call is refused: the token is nobody's. */
  revoked = false;
  polls = 0;
  /** Updates below this were confirmed. */
  confirmed = 0;
  #updates: Record<string, unknown>[] = [];
  #updateId = 100;
  #wake: (() => void)[] = [];
  readonly #id: number;
  readonly #readsAllMessages: boolean;

  /** @param options.readsAllMessages privacy mode is off */
  constructor(id = 4242, { readsAllMessages = false } = {}) {
    this.#id = id;
    this.#readsAllMessages = readsAllMessages;
  }

  readonly api: BotApi = {
    call: async (method, args, options) =>
      // The caller's types say what each method answers; this answers that much of it as is looked at.
      (await this.#perform({ method, args: args as Record<string, unknown> }, options?.signal)) as never,
  };

  /** What the chat shows now. */
  shown(chatId: number | string): string[] {
    return this.in(chatId).map(({ text }) => text);
  }

  in(chatId: number | string): TinyMessage[] {
    return this.messages.filter((message) => message.chatId === String(chatId) && !message.deleted);
  }

  methods(): string[] {
    return this.calls.map(({ method }) => method);
  }

  /** A person deletes a message. */
  erase(id: number): void {
    for (const message of this.messages) if (message.id === id) message.deleted = true;
  }

  push(update: Record<string, unknown>): number {
    const updateId = this.#updateId++;
    this.#updates.push({ update_id: updateId, ...update });
    for (const wake of this.#wake.splice(0)) wake();
    return updateId;
  }

  /** A private message from a person. */
  write(userId: number, text: string, more: Record<string, unknown> = {}): number {
    const chat = { id: userId, type: "private", first_name: "P" };
    const from = { id: userId, is_bot: false, first_name: "P", language_code: "en" };
    return this.push({ message: { message_id: 5000 + this.#updateId, date: 1, chat, from, text, ...more } });
  }

  async #perform(call: TinyCall, signal?: AbortSignal): Promise<unknown> {
    if (this.revoked) throw refusal(call.method, 401, "Unauthorized");
    if (call.method === "getUpdates") return await this.#poll(call, signal);
    const index = this.calls.push(call) - 1;
    await this.gate(call);
    const trouble = this.trouble(call, index);
    if (trouble !== null && !trouble.accepted) throw trouble.error;
    const result = this.#apply(call);
    if (trouble !== null) throw trouble.error;
    return result;
  }

  async #poll({ method, args }: TinyCall, signal?: AbortSignal): Promise<unknown> {
    const offset = Number(args.offset ?? 0);
    this.polls += 1;
    this.confirmed = Math.max(this.confirmed, offset);
    this.#updates = this.#updates.filter((update) => Number(update.update_id) >= offset);
    if (this.#updates.length === 0 && args.timeout !== 0) {
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
        signal?.addEventListener("abort", () => resolve(), { once: true });
      });
    }
    if (signal?.aborted === true) throw cut(method, "aborted");
    return [...this.#updates];
  }

  #apply({ method, args }: TinyCall): unknown {
    const message = this.messages.find(
      ({ chatId, id, deleted }) => chatId === String(args.chat_id) && id === args.message_id && !deleted,
    );
    switch (method) {
      case "getMe":
        return {
          ...{ id: this.#id, is_bot: true, first_name: "Tiny", username: `tiny_${this.#id}_bot` },
          can_read_all_group_messages: this.#readsAllMessages,
        };
      case "sendMessage":
        return { message_id: this.#send(args) };
      case "editMessageText": {
        if (message === undefined) throw refusal(method, 400, "Bad Request: message to edit not found");
        const text = textOf(method, args);
        const buttons = buttonsOf(args.reply_markup);
        if (message.text === text && message.buttons.join() === buttons.join()) {
          throw refusal(method, 400, "Bad Request: message is not modified: …");
        }
        Object.assign(message, { text, buttons, texts: [...message.texts, text] });
        return { message_id: message.id };
      }
      case "editMessageMedia": {
        if (message === undefined) throw refusal(method, 400, "Bad Request: message to edit not found");
        // It came as a form: a file's content is a blob, which a test reads by itself.
        message.text = "[document]";
        return { message_id: message.id };
      }
      case "editMessageReplyMarkup":
        if (message === undefined) throw refusal(method, 400, "Bad Request: message to edit not found");
        message.buttons = buttonsOf(args.reply_markup);
        return true;
      case "deleteMessage":
        if (message === undefined) throw refusal(method, 400, "Bad Request: message to delete not found");
        message.deleted = true;
        return true;
      case "setMessageReaction":
      case "sendChatAction":
      case "answerCallbackQuery":
      case "setMyCommands":
      case "deleteWebhook":
        return true;
      default:
        // Answering what nobody has thought of would hide that a test relies on it.
        throw refusal(method, 404, "Not Found: method not found");
    }
  }

  #send(args: Record<string, unknown>): number {
    const id = this.messages.length + 1;
    const text = textOf("sendMessage", args);
    const reply = args.reply_parameters as { message_id: number } | undefined;
    this.messages.push({
      chatId: String(args.chat_id),
      id,
      text,
      texts: [text],
      buttons: buttonsOf(args.reply_markup),
      silent: args.disable_notification === true,
      replyTo: reply?.message_id ?? null,
      threadId: typeof args.message_thread_id === "number" ? args.message_thread_id : null,
      deleted: false,
    });
    return id;
  }
}

export const refusal = (method: string, code: number, description: string): BotApiError =>
  new BotApiError({ method, code, description });

export const cut = (method: string, reason: "connection" | "aborted" = "connection"): BotNetworkError =>
  new BotNetworkError({ method, reason, maybeSent: true, cause: new Error(reason) });

const LONGEST_TEXT_UNITS = 4_096;

function textOf(method: string, { text: given }: Record<string, unknown>): string {
  const text = String(given);
  if (text.trim() === "") throw refusal(method, 400, "Bad Request: message text is empty");
  if (text.length > LONGEST_TEXT_UNITS) throw refusal(method, 400, "Bad Request: message is too long");
  return text;
}

function buttonsOf(markup: unknown): string[] {
  const keyboard = markup as { inline_keyboard: { callback_data: string }[][] } | undefined;
  return (keyboard?.inline_keyboard ?? []).flat().map(({ callback_data: data }) => data);
}
