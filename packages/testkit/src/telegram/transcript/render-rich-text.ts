import type { MessageEntity } from "@grammyjs/types";

interface Mark {
  at: number;
  /** Closing marks stand before opening ones; inner ones close first. */
  order: number;
  text: string;
}

const WRAPS: Readonly<Record<string, readonly [open: string, close: string]>> = {
  bold: ["**", "**"],
  italic: ["_", "_"],
  underline: ["<u>", "</u>"],
  strikethrough: ["~~", "~~"],
  spoiler: ["||", "||"],
  code: ["`", "`"],
  blockquote: ["❝", "❞"],
  expandable_blockquote: ["❝⌄ ", "❞"],
};

/** Text with its formatting made visible. For eyes only: not meant to be parsed again. */
export function renderRichText(text: string, entities: readonly MessageEntity[]): string {
  const marks: Mark[] = [];
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  for (const [index, entity] of sorted.entries()) {
    const [open, close] = wrapOf(entity);
    marks.push({ at: entity.offset, order: 1000 + index, text: open });
    marks.push({ at: entity.offset + entity.length, order: -index, text: close });
  }
  marks.sort((a, b) => a.at - b.at || a.order - b.order);
  let rendered = "";
  let position = 0;
  for (const mark of marks) {
    rendered += text.slice(position, mark.at) + mark.text;
    position = mark.at;
  }
  return rendered + text.slice(position);
}

function wrapOf(entity: MessageEntity): readonly [string, string] {
  if (entity.type === "pre") return [`\`\`\`${entity.language ?? ""}\n`, "\n```"];
  if (entity.type === "text_link") return ["[", `](${entity.url})`];
  return WRAPS[entity.type] ?? [`<${entity.type}>`, `</${entity.type}>`];
}
