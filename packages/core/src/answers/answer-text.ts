import { translate } from "@steward/contract/messages";
import { UnsafePathError } from "@steward/platform/held-directory";
import type { Language } from "@steward/schema/enums";
import type { AnswerFile } from "./answer-file.ts";

/**
 * What a chat is shown of one answer, in UTF-16 units: some sixty Telegram messages. More than that nobody reads there, and
 * it would be held in memory, in the log and in the history.
 */
export const MAX_SHOWN_LENGTH = 262_144;
/** Nothing that a model writes is longer; what goes on for ever must not fill the disk. */
const MAX_FILE_BYTES = 268_435_456;

/** A whole answer in the workspace. */
export interface KeptAnswer {
  /** Relative to the workspace. */
  path: string;
  bytes: number;
  sha256: string;
}

/**
 * The text of a turn while it grows. As long as it fits a chat it is a string; from then on the chat keeps its beginning
 * and a file takes all of it.
 *
 * Text comes in blocks, joined by a blank line. A whole block supersedes its own pieces: they may have come from an
 * attempt of the CLI's that failed half-way.
 */
export class AnswerText {
  readonly #open: () => AnswerFile;
  /** Told each change of what is shown: from `offset` on the text is this. */
  readonly #changed: (change: { offset: number; text: string }) => void;
  #shown = "";
  /** The whole of it, once it is finished and stands in a file. */
  #kept: KeptAnswer | null = null;
  /** Of the whole text, shown or not. */
  #length = 0;
  /** Where in the whole text the block begins that was begun last. */
  #blockStart = 0;
  #inBlock = false;
  /** Something shown was taken back and this has not been told yet. */
  #tookBack = false;
  #file: AnswerFile | null = null;
  /** Why the file is not whole. */
  #failure: string | null = null;

  constructor(open: () => AnswerFile, changed: (change: { offset: number; text: string }) => void) {
    this.#open = open;
    this.#changed = changed;
  }

  /** At most {@link MAX_SHOWN_LENGTH} long. */
  get shown(): string {
    return this.#shown;
  }

  /** The file that the whole text stands in, after `finish`; null when a chat is shown all of it, or it could not be kept. */
  get kept(): KeptAnswer | null {
    return this.#kept;
  }

  /** What the turn ends with (mostly the last block): cut to what a chat is shown, with a word about the rest. */
  finish(text: string, language: Language): string {
    if (text.length > MAX_SHOWN_LENGTH && this.#length <= MAX_SHOWN_LENGTH) this.block(text);
    const notice = this.#notice(language);
    this.#close();
    return notice === null ? text : `${wholeCharacters(text, MAX_SHOWN_LENGTH)}\n\n${notice}`;
  }

  #notice(language: Language): string | null {
    if (this.#length <= MAX_SHOWN_LENGTH) return null;
    if (this.#file === null || this.#failure !== null) {
      return translate(language, "turn.cut_lost", { reason: this.#failure ?? "" });
    }
    const megabytes = (this.#file.bytes / 1_048_576).toFixed(1);
    return translate(language, "turn.cut", { megabytes, path: this.#file.relativePath });
  }

  piece(text: string): void {
    this.#beginBlock();
    this.#append(text);
  }

  /** A whole block, authoritative. */
  block(text: string): void {
    this.#beginBlock();
    this.#inBlock = false;
    if (this.#file === null && this.#shown.slice(this.#blockStart) === text) return;
    this.#takeBack();
    this.#append(text);
  }

  #close(): void {
    const file = this.#file;
    this.#file = null;
    if (file === null) return;
    try {
      const { relativePath: path, bytes } = file;
      const sha256 = file.close();
      if (this.#failure === null) this.#kept = { path, bytes, sha256 };
    } catch (error) {
      this.#fail(error);
    }
  }

  #beginBlock(): void {
    if (this.#inBlock) return;
    this.#inBlock = true;
    if (this.#length > 0) this.#append("\n\n");
    this.#blockStart = this.#length;
    this.#toFile((file) => file.mark());
  }

  /** The pieces of the block that was begun last. */
  #takeBack(): void {
    this.#length = this.#blockStart;
    this.#toFile((file) => file.takeBack());
    if (this.#blockStart >= this.#shown.length) return;
    this.#shown = this.#shown.slice(0, this.#blockStart);
    this.#tookBack = true;
  }

  #append(text: string): void {
    const offset = this.#shown.length;
    // Once something is missing nothing is added: a text with a hole in it would read as if it were whole.
    const room = offset === this.#length ? MAX_SHOWN_LENGTH - offset : 0;
    if (this.#length + text.length > MAX_SHOWN_LENGTH && this.#file === null) this.#overflow();
    this.#length += text.length;
    this.#toFile((file) => {
      if (file.bytes < MAX_FILE_BYTES) file.append(text);
    });
    const part = wholeCharacters(text, room);
    if (part === "" && !this.#tookBack) return;
    this.#tookBack = false;
    this.#shown += part;
    this.#changed({ offset, text: part });
  }

  /** From now on everything is in a file, what was shown first. */
  #overflow(): void {
    if (this.#failure !== null) return;
    try {
      this.#file = this.#open();
    } catch (error) {
      this.#fail(error);
    }
    const said = this.#shown;
    this.#toFile((file) => {
      file.append(said.slice(0, this.#blockStart));
      file.mark();
      file.append(said.slice(this.#blockStart));
    });
  }

  #toFile(write: (file: AnswerFile) => void): void {
    if (this.#file === null || this.#failure !== null) return;
    try {
      write(this.#file);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** An answer is worth more than its file: the turn goes on, and the notice says what became of the rest. */
  #fail(error: unknown): void {
    const reason = error instanceof UnsafePathError ? error.cause : error;
    this.#failure = reason instanceof Error && "code" in reason ? String(reason.code) : String(error);
  }
}

/** At most `length` units of the text, without half a character at the end. */
export const wholeCharacters = (text: string, length: number): string => {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
};
