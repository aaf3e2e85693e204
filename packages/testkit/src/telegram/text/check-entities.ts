import type { MessageEntity } from "@grammyjs/types";
import { defect } from "../api-error.ts";
import type { Strictness } from "../strictness.ts";
import { linkProblem } from "./links.ts";

/** More than this and the extra ones are ignored. */
const MAX_ENTITIES = 100;

type Family = "style" | "quote" | "code" | "solid";

const FAMILIES: Readonly<Record<string, Family>> = {
  bold: "style",
  italic: "style",
  underline: "style",
  strikethrough: "style",
  spoiler: "style",
  blockquote: "quote",
  expandable_blockquote: "quote",
  code: "code",
  pre: "code",
  date_time: "code",
};

/**
 * Checks entities against the text they belong to. Positions the server refuses are answered with its error; entities
 * it would silently drop, cut or split are strict violations.
 */
export function checkEntities(
  strictness: Strictness,
  text: string,
  entities: readonly MessageEntity[],
): void {
  for (const entity of entities) checkRange(text, entity);
  if (entities.length > MAX_ENTITIES) {
    strictness.strict(`${entities.length} entities; the server ignores those past ${MAX_ENTITIES}`);
  }
  for (const entity of entities) checkSurvival(strictness, text, entity);
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  for (const [index, first] of sorted.entries()) {
    for (const second of sorted.slice(index + 1)) {
      if (second.offset >= first.offset + first.length) break;
      const problem = overlapProblem(first, second);
      if (problem !== undefined) strictness.strict(`${show(first)} and ${show(second)}: ${problem}`);
    }
  }
}

function checkRange(text: string, entity: MessageEntity): void {
  const { offset, length } = entity;
  if (offset < 0 || offset > 1_000_000) throw defect(`Receive an entity with incorrect offset ${offset}`);
  if (length < 0 || length > 1_000_000) throw defect(`Receive an entity with incorrect length ${length}`);
  const end = offset + length;
  if (offset > text.length) {
    throw defect(`Entity begins after the end of the text at UTF-16 offset ${offset}`);
  }
  if (end > text.length) {
    const where = `beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 offset ${end}`;
    throw defect(`Entity ${where}`);
  }
  if (splitsPair(text, offset)) {
    throw defect(`Entity begins in a middle of a UTF-16 symbol at byte offset ${byteOffset(text, offset)}`);
  }
  if (splitsPair(text, end)) {
    const where = `ends in a middle of a UTF-16 symbol at byte offset ${byteOffset(text, end)}`;
    throw defect(`Entity beginning at UTF-16 offset ${offset} ${where}`);
  }
}

const splitsPair = (text: string, index: number) =>
  /[\uD800-\uDBFF]/.test(text.charAt(index - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(index));

/** The server reports the position after the half symbol, in UTF-8 bytes. */
const byteOffset = (text: string, index: number) => Buffer.byteLength(text.slice(0, index + 1), "utf8");

function checkSurvival(strictness: Strictness, text: string, entity: MessageEntity): void {
  const covered = text.slice(entity.offset, entity.offset + entity.length);
  if (covered === "") strictness.strict(`${show(entity)} is empty; the server drops it`);
  else if (covered.trim() === "")
    strictness.strict(`${show(entity)} covers only blanks; clients show nothing`);
  if (entity.type !== "text_link") return;
  const problem = linkProblem(entity.url);
  if (problem !== undefined)
    strictness.strict(`${show(entity)} to ${entity.url} is dropped by the server: ${problem}`);
}

/** `first` starts before `second`, or at the same place and is not shorter; both share characters. */
function overlapProblem(first: MessageEntity, second: MessageEntity): string | undefined {
  const nested = second.offset + second.length <= first.offset + first.length;
  const sameRange = nested && first.offset === second.offset && first.length === second.length;
  const outer = FAMILIES[first.type] ?? "solid";
  const inner = FAMILIES[second.type] ?? "solid";
  if (outer === "style" && inner === "style") {
    return nested || first.type === second.type ? undefined : "partial overlap; entities must nest";
  }
  if (outer === "quote" && inner === "quote")
    return "block quotes do not nest; the server drops the inner one";
  if (outer === "quote" || inner === "quote") {
    const solidOutside = inner === "quote" && outer !== "style" && !sameRange;
    if (solidOutside) return "a block quote cannot stand inside; the server drops the outer one";
    return nested || outer === "style"
      ? undefined
      : "partial overlap with a block quote; the server drops one";
  }
  if (outer !== "style" && inner !== "style")
    return "these two cannot share characters; the server drops one";
  const [style, other] = outer === "style" ? [first, second] : [second, first];
  if ((FAMILIES[other.type] ?? "solid") !== "code")
    return nested ? undefined : "partial overlap; entities must nest";
  const styleCoversCode =
    style.offset <= other.offset && style.offset + style.length >= other.offset + other.length;
  if (!styleCoversCode || sameRange) return "code takes no styles; the server drops the style inside it";
  return undefined;
}

const show = (entity: MessageEntity) => `${entity.type}[${entity.offset}+${entity.length}]`;
