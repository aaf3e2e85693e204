import type { GatewayStreamEvent } from "@steward/contract/gateway";
import { applyText } from "@steward/contract/turn-events";

/** The Go client shows the first piece as one Telegram message of at most 4096 characters. */
export const LONGEST_PIECE = 4_000;
/** It reads lines with a scanner that fails at 64 KiB, and then runs the prompt again. */
export const LONGEST_LINE_BYTES = 60_000;

export interface AnswerPieces {
  thinking(text: string): void;
  text(event: { offset: number; text: string }): void;
  /** The last word: `done`, or, where that would be too long a line, the rest as text and a clean end. */
  end(text: string): void;
}

/**
 * Tells a growing, addressed text to a client that can only append (wire contract §4). What was sent cannot be taken
 * back: while the text differs from it, nothing more is sent, and `done` puts it right.
 */
export function createAnswerPieces(write: (line: string) => void): AnswerPieces {
  let text = "";
  let sent = "";
  let aligned = true;

  const append = (rest: string): void => {
    for (const piece of cut(rest)) {
      write(formatLine({ type: "text", content: piece }));
      sent += piece;
    }
  };

  return {
    thinking: (thought) => {
      for (const piece of cut(thought)) write(formatLine({ type: "thinking", content: piece }));
    },
    text: (event) => {
      text = applyText(text, event);
      if (event.offset < sent.length) aligned = false;
      if (!aligned) aligned = text.startsWith(sent);
      if (aligned) append(withoutHalfCharacter(text).slice(sent.length));
    },
    end: (final) => {
      const done = formatLine({ type: "done", content: final });
      if (Buffer.byteLength(done) < LONGEST_LINE_BYTES) write(done);
      else append(remainder(sent, text, final));
    },
  };
}

/** What makes of `sent` a text that ends with the answer. */
function remainder(sent: string, text: string, final: string): string {
  if (text.startsWith(sent) && text.endsWith(final)) return text.slice(sent.length);
  if (final.startsWith(sent)) return final.slice(sent.length);
  return `\n\n${final}`;
}

const formatLine = (event: GatewayStreamEvent): string => `data: ${JSON.stringify(event)}\n\n`;

/** Pieces of at most {@link LONGEST_PIECE} UTF-16 units, none ending inside a character. */
function* cut(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const piece = text.slice(start, start + LONGEST_PIECE);
    const isLast = start + piece.length === text.length;
    const whole = isLast ? piece : withoutHalfCharacter(piece);
    yield whole;
    start += whole.length;
  }
}

/** The second half of a surrogate pair may come with the next delta; half of one would arrive as U+FFFD. */
const withoutHalfCharacter = (text: string): string =>
  /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
