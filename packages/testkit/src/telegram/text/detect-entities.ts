import type { MessageEntity } from "@grammyjs/types";

/** The plain entities every server finds by itself; a simple but sufficient reading of Telegram's rules. */
const PATTERNS: readonly [type: "bot_command" | "mention" | "hashtag" | "url" | "email", pattern: RegExp][] =
  [
    ["url", /(?<![\w@])(?:https?:\/\/)[^\s<>"]+[^\s<>".,:;!?)\]}]/gi],
    ["email", /(?<![\w.])[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g],
    ["bot_command", /(?<![\w/<>])\/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?(?![\w/])/g],
    ["mention", /(?<![\w@/])@\w{3,32}\b/g],
    ["hashtag", /(?<![\w#&])#[\p{L}\p{N}_]{1,256}/gu],
  ];

/** Adds the entities Telegram detects to the given ones; a detected one never overlaps code, links or another one. */
export function withDetectedEntities(text: string, entities: readonly MessageEntity[]): MessageEntity[] {
  const solid = entities.filter(({ type }) => type === "code" || type === "pre" || type.startsWith("text_"));
  const found: MessageEntity[] = [];
  for (const [type, pattern] of PATTERNS) {
    for (const match of text.matchAll(pattern)) {
      const entity: MessageEntity = { type, offset: match.index, length: match[0].length };
      if (![...solid, ...found].some((other) => overlaps(other, entity))) found.push(entity);
    }
  }
  return [...entities, ...found].sort((a, b) => a.offset - b.offset || b.length - a.length);
}

const overlaps = (a: MessageEntity, b: MessageEntity) =>
  a.offset < b.offset + b.length && b.offset < a.offset + a.length;
