import type { FormattedText } from "@steward/telegram/render";

/** Telegram takes a hundred entities a message; what more is marked stays readable. */
const MOST_MARKS = 90;

/** A message put together line by line, with what is marked in bold. */
export class FormattedLines {
  #text = "";
  readonly #entities: FormattedText["entities"] = [];

  add(line: string): void {
    this.#text += this.#text === "" ? line : `\n${line}`;
  }

  /** @param marks `[from, to)` in UTF-16 units of the line, in order, as Telegram counts them, too */
  addMarked(line: string, marks: readonly (readonly [number, number])[]): void {
    this.add(line);
    const start = this.#text.length - line.length;
    for (const [from, to] of marks) {
      if (to <= from || this.#entities.length >= MOST_MARKS) continue;
      this.#entities.push({ type: "bold", offset: start + from, length: to - from });
    }
  }

  done(): FormattedText {
    return { text: this.#text, entities: this.#entities };
  }
}
