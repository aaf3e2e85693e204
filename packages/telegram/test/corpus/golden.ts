import type { MessageEntity } from "@grammyjs/types";
import type { FormattedText } from "../../src/formatting/formatted-text.ts";
import { revealHidden } from "../../src/formatting/visible-text.ts";

/** Longer lines are shown by their ends: how much is between them is what counts. */
const LONGEST_LINE = 700;
const SHOWN_OF_IT = 120;
/** So many lines of a part's beginning and end. */
const LINES = 14;

/** An answer's messages as a person can read them: each entity around what it covers, hidden characters written out. */
export function toGolden(parts: readonly FormattedText[]): string {
  if (parts.length === 0) return "(nothing to send)\n";
  return parts
    .map((part, index) => {
      const { text, entities } = part;
      const head = `──── message ${index + 1} of ${parts.length} · ${text.length} units · ${entities.length} entities ────`;
      return `${head}\n${shorten(marked(part))}\n`;
    })
    .join("\n");
}

function marked({ text, entities }: FormattedText): string {
  let shown = "";
  let at = 0;
  const marks = entities.flatMap((entity, index) => [
    { at: entity.offset, order: index, mark: `⟦${nameOf(entity)}⟧` },
    {
      at: entity.offset + entity.length,
      order: -entities.length - 1 + (entities.length - index),
      mark: `⟦/${entity.type}⟧`,
    },
  ]);
  // Inner ones end first, and what ends does so before the next begins.
  marks.sort((a, b) => a.at - b.at || a.order - b.order);
  for (const mark of marks) {
    shown += revealHidden(text.slice(at, mark.at)) + mark.mark;
    at = mark.at;
  }
  return shown + revealHidden(text.slice(at));
}

const nameOf = (entity: MessageEntity): string =>
  entity.type === "text_link"
    ? `link ${entity.url}`
    : entity.type === "pre" && entity.language !== undefined
      ? `pre ${entity.language}`
      : entity.type;

function shorten(text: string): string {
  const lines = text.split("\n").map((line) => {
    const characters = [...line];
    if (characters.length <= LONGEST_LINE) return line;
    const rest = characters.length - 2 * SHOWN_OF_IT;
    return `${characters.slice(0, SHOWN_OF_IT).join("")} ⋯ ${rest} more ⋯ ${characters.slice(-SHOWN_OF_IT).join("")}`;
  });
  if (lines.length <= 2 * LINES) return lines.join("\n");
  const rest = lines.length - 2 * LINES;
  return [...lines.slice(0, LINES), `⋮ ${rest} more lines`, ...lines.slice(-LINES)].join("\n");
}
