import type { MessageEntity } from "@grammyjs/types";

export interface FormattedText {
  text: string;
  entities: MessageEntity[];
}

/**
 * What the server makes of a text before it stores it: control characters become spaces, `\r`, U+2028–202E and three
 * combining lines vanish, trailing blanks go, leading blanks go up to the first entity. Entities move along.
 * The result may be empty.
 */
export function normalizeText(text: string, entities: readonly MessageEntity[]): FormattedText {
  const kept: string[] = [];
  /** New position of each old UTF-16 position, one more than the text has units. */
  const newPosition: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    newPosition.push(kept.length);
    const unit = text.charCodeAt(index);
    if (isRemoved(unit)) continue;
    kept.push(unit < 0x20 && unit !== 0x0a ? " " : text.charAt(index));
  }
  newPosition.push(kept.length);

  const moved = entities.map((entity) => {
    const start = newPosition[entity.offset] ?? kept.length;
    const end = newPosition[entity.offset + entity.length] ?? kept.length;
    return { ...entity, offset: start, length: end - start };
  });
  return trim(kept.join(""), moved);
}

const isRemoved = (unit: number) =>
  unit === 0x0d || (unit >= 0x2028 && unit <= 0x202e) || unit === 0x333 || unit === 0x33f || unit === 0x30a;

function trim(text: string, entities: MessageEntity[]): FormattedText {
  const end = text.replace(/[ \n]+$/, "").length;
  const inside = entities
    .map((entity) => ({ ...entity, length: Math.min(entity.offset + entity.length, end) - entity.offset }))
    .filter((entity) => entity.length > 0);
  const firstEntity = Math.min(end, ...inside.map((entity) => entity.offset));
  const leading = /^[ \n]*/.exec(text.slice(0, firstEntity))?.[0].length ?? 0;
  return {
    text: text.slice(leading, end),
    entities: inside.map((entity) => ({ ...entity, offset: entity.offset - leading })),
  };
}
