import type { MessageEntity } from "@grammyjs/types";
import { cleanText } from "./clean-text.ts";
import type { FormattedText } from "./formatted-text.ts";

/** An entity before it is known where it stands. */
export type Format =
  | { type: "bold" | "italic" | "strikethrough" | "code" | "blockquote" }
  | { type: "pre"; language?: string }
  | { type: "text_link"; url: string };

interface OpenFormat {
  format: Format;
  start: number;
}

/** Grows a formatted text from front to back. Blank lines between blocks are written only when something follows. */
export class TextBuilder {
  /** Put in front of each new line of a list item. */
  indent = "";
  #text = "";
  #pendingNewlines = 0;
  readonly #entities: MessageEntity[] = [];
  readonly #open: OpenFormat[] = [];

  get length(): number {
    return this.#text.length;
  }

  /** What was appended since the text was `start` long, line breaks in front included. */
  textFrom(start: number): string {
    return this.#text.slice(start);
  }

  /** What stands on the last line so far. */
  currentLine(): string {
    return this.#text.slice(this.#text.lastIndexOf("\n") + 1);
  }

  append(text: string): void {
    // A tab would arrive as a space anyway.
    const clean = cleanText(text).replaceAll("\t", " ");
    if (clean === "") return;
    if (this.#pendingNewlines > 0) {
      if (this.#text !== "") this.#text += "\n".repeat(this.#pendingNewlines) + this.indent;
      this.#pendingNewlines = 0;
    }
    this.#text += clean;
  }

  /** The next text stands at least so many lines further down: 1 a new line, 2 behind a blank one. */
  breakLine(newlines: number): void {
    this.#pendingNewlines = Math.max(this.#pendingNewlines, newlines);
  }

  /**
   * Formats what `write` appends, without the white space around it. What Telegram cannot nest is resolved here: a
   * format inside itself adds nothing; bold and the like stop before code and go on behind it; a link holds no code.
   */
  wrap(format: Format, write: () => void): void {
    const isCode = format.type === "code" || format.type === "pre";
    const nestsBadly = this.#open.some(
      ({ format: outer }) => outer.type === format.type || (isCode && outer.type === "text_link"),
    );
    if (nestsBadly) {
      write();
      return;
    }
    const interrupted = isCode ? this.#open.filter(({ format: outer }) => outer.type !== "blockquote") : [];
    for (const outer of interrupted) this.#emit(outer);
    const current: OpenFormat = { format, start: this.#text.length };
    this.#open.push(current);
    write();
    this.#open.pop();
    this.#emit(current);
    for (const outer of interrupted) outer.start = this.#text.length;
  }

  finish(): FormattedText {
    const text = this.#text.trimEnd();
    // The outer one of two over the same text was finished later, and goes first.
    const entities = this.#entities.toReversed().sort((a, b) => a.offset - b.offset || b.length - a.length);
    return { text, entities };
  }

  #emit({ format, start }: OpenFormat): void {
    const text = this.#text;
    let from = start;
    let to = text.length;
    // The indentation of code belongs to the code, and to a quote that begins with it; line breaks do not.
    const outside = format.type === "pre" || format.type === "blockquote" ? /\n/ : /\s/;
    while (from < to && outside.test(text.charAt(from))) from++;
    while (to > from && /\s/.test(text.charAt(to - 1))) to--;
    if (to > from) this.#entities.push({ ...format, offset: from, length: to - from });
  }
}
