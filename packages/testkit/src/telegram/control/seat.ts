import type { MessageEntity } from "@grammyjs/types";
import type { CallbackQueries, CallbackQuery } from "../world/callback-queries.ts";
import type { Chat } from "../world/chat.ts";
import type { FileInput } from "../world/files.ts";
import type { MediaDetails, MediaKind } from "../world/media.ts";
import type { Message } from "../world/message.ts";
import type { User } from "../world/user.ts";
import type { World } from "../world/world.ts";
import { type PressOptions, pressButton, react, stopGeneration } from "./interactions.ts";
import { blockBot, createTopicAs, unblockBot } from "./membership.ts";
import { deleteAsUser, editAsUser, type MessageRef, writeAsUser } from "./writing.ts";

export interface ControlDeps {
  world: World;
  callbackQueries: CallbackQueries;
  onChange(): void;
}

export interface SendOptions {
  /** Topic (forum, private topics). */
  thread?: number;
  replyTo?: MessageRef;
  /** The part of `replyTo` that the person selected. */
  quote?: string;
  /** Formatting; commands, mentions, links and the like are detected anyway. */
  entities?: MessageEntity[];
  /** Further API fields as they are: sender_chat, via_bot, forward_origin, … */
  extra?: Readonly<Record<string, unknown>>;
}

export interface SendFileOptions extends SendOptions, MediaDetails {
  caption?: string;
}

/** One item of an album. */
export type AlbumItem = {
  kind: Extract<MediaKind, "photo" | "video" | "document" | "audio">;
  file: FileInput;
  caption?: string;
};

/**
 * A person in one chat: everything they can do there. Updates are pushed before a method returns. Doing what a
 * client would not let them do (pressing a button that is not there, writing while blocked) throws.
 */
export class Seat {
  readonly user: User;
  readonly chat: Chat;
  readonly #deps: ControlDeps;
  #albums = 0;

  constructor(deps: ControlDeps, chat: Chat, user: User) {
    this.#deps = deps;
    this.chat = chat;
    this.user = user;
  }

  sendText(text: string, options: SendOptions = {}): Message {
    return this.#write({ ...options, text });
  }

  /** `/name args`, in a group addressed with `/name@bot` when `to` is given. */
  sendCommand(name: string, args = "", options: SendOptions & { to?: { username: string } } = {}): Message {
    const { to, ...rest } = options;
    const command = `/${name}${to === undefined ? "" : `@${to.username}`}`;
    return this.sendText(args === "" ? command : `${command} ${args}`, rest);
  }

  /** Text longer than 4096 characters, split into several messages as clients do with a long paste. */
  sendPaste(text: string, options: SendOptions = {}): Message[] {
    const parts = text.match(/[\s\S]{1,4096}/gu) ?? [];
    return parts.map((part) => this.sendText(part, options));
  }

  sendPhoto(file: FileInput, options: SendFileOptions = {}): Message {
    return this.#sendFile("photo", file, options);
  }

  sendDocument(file: FileInput, options: SendFileOptions = {}): Message {
    return this.#sendFile("document", file, options);
  }

  sendVoice(file: FileInput, options: SendFileOptions = {}): Message {
    return this.#sendFile("voice", file, options);
  }

  sendVideo(file: FileInput, options: SendFileOptions = {}): Message {
    return this.#sendFile("video", file, options);
  }

  sendAudio(file: FileInput, options: SendFileOptions = {}): Message {
    return this.#sendFile("audio", file, options);
  }

  sendAnimation(file: FileInput, options: SendFileOptions = {}): Message {
    return this.#sendFile("animation", file, options);
  }

  sendSticker(file: FileInput, options: SendOptions & Pick<MediaDetails, "emoji" | "setName"> = {}): Message {
    return this.#sendFile("sticker", file, options);
  }

  /** A round video; `width` is its diameter. */
  sendVideoNote(
    file: FileInput,
    options: SendOptions & Pick<MediaDetails, "durationSeconds" | "width"> = {},
  ): Message {
    return this.#sendFile("video_note", file, options);
  }

  /** Any other content by its API fields: `{ location: … }`, `{ dice: … }`, `{ contact: … }`. */
  sendContent(content: Readonly<Record<string, unknown>>, options: SendOptions = {}): Message {
    return this.#write({ ...options, extra: { ...options.extra, ...content } });
  }

  /** An album sent at once: one message and one update per item. */
  sendAlbum(items: readonly AlbumItem[], options: SendOptions = {}): Message[] {
    const album = this.startAlbum(options);
    return items.map((item) => album.add(item));
  }

  /** An album whose items arrive one by one, when the test says so. */
  startAlbum(options: SendOptions = {}): { add(item: AlbumItem): Message } {
    this.#albums += 1;
    const groupId = `13${this.user.id}${this.chat.messages.size}${this.#albums}`;
    return {
      add: ({ kind, file, caption }) =>
        this.#sendFile(kind, file, {
          ...options,
          ...(caption === undefined ? {} : { caption }),
          extra: { ...options.extra, media_group_id: groupId },
        }),
    };
  }

  /** Changes the text (or caption) of an own message. */
  edit(message: MessageRef, text: string, entities: MessageEntity[] = []): void {
    editAsUser(this.#deps, this, message, text, entities);
  }

  /** Deletes a message for everybody. Bots are not told. */
  delete(message: MessageRef): void {
    deleteAsUser(this.#deps, this, message);
  }

  /** Presses an inline button, found by its callback data or its text. */
  pressButton(message: MessageRef, button: string, options: PressOptions = {}): CallbackQuery {
    return pressButton(this.#deps, this, message, button, options);
  }

  /** Sets the own reactions on a message; none takes them away. */
  react(message: MessageRef, ...emoji: string[]): void {
    react(this.#deps, this, message, emoji);
  }

  /** Presses Stop under the newest draft that offers it. */
  stopGeneration(options: { thread?: number } = {}): void {
    stopGeneration(this.#deps, this, options.thread);
  }

  /** Opens a topic and returns its id. */
  createTopic(name: string, { isNameImplicit = false } = {}): number {
    return createTopicAs(this.#deps, this, name, isNameImplicit);
  }

  /** Blocks the bot of this private chat. */
  block(): void {
    blockBot(this.#deps, this);
  }

  unblock(): void {
    unblockBot(this.#deps, this);
  }

  #sendFile(kind: MediaKind, file: FileInput, { caption, ...options }: SendFileOptions): Message {
    return this.#write({ ...options, text: caption ?? "", media: { kind, file, details: options } });
  }

  #write(input: Parameters<typeof writeAsUser>[2]): Message {
    return writeAsUser(this.#deps, this, input);
  }
}
