import type { MessageEntity } from "@grammyjs/types";
import { defect } from "../api-error.ts";
import { checkObject } from "../parameters/check-parameters.ts";
import type { Strictness } from "../strictness.ts";

/** The server finds these by itself and ignores them when a bot sends them. */
const DETECTED_TYPES: ReadonlySet<string> = new Set([
  "mention",
  "hashtag",
  "cashtag",
  "bot_command",
  "url",
  "email",
  "phone_number",
  "bank_card_number",
]);

/** Fields an entity type cannot do without. */
const REQUIRED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  bold: [],
  italic: [],
  underline: [],
  strikethrough: [],
  spoiler: [],
  code: [],
  pre: [],
  text_link: ["url"],
  text_mention: ["user"],
  custom_emoji: ["custom_emoji_id"],
  blockquote: [],
  expandable_blockquote: [],
  date_time: ["unix_time"],
};

/**
 * Reads an `entities` parameter one by one, with the server's own error texts. What the server would silently ignore
 * (a malformed list, an entity it detects itself, unknown fields) is a strict violation.
 */
export function readEntities(strictness: Strictness, value: unknown): MessageEntity[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    strictness.strict("entities is not a JSON array; the server would silently ignore it");
    return [];
  }
  const entities: MessageEntity[] = [];
  for (const [index, item] of value.entries()) {
    const entity = readEntity(item);
    if (DETECTED_TYPES.has(entity.type)) {
      strictness.strict(`entities[${index}]: the server ignores "${entity.type}" and detects it itself`);
      continue;
    }
    const [problem] = checkObject("MessageEntity", entity, `entities[${index}]`);
    if (problem !== undefined) strictness.strict(problem.message);
    entities.push(entity);
  }
  return entities;
}

function readEntity(item: unknown): MessageEntity {
  if (typeof item !== "object" || item === null || Array.isArray(item))
    throw cannotParse("expected an Object");
  const fields = item as Record<string, unknown>;
  for (const name of ["offset", "length"]) {
    if (fields[name] === undefined) throw cannotParse(`Can't find field "${name}"`);
    if (!Number.isInteger(fields[name])) throw cannotParse(`Field "${name}" must be of type Number`);
  }
  const { type } = fields;
  if (typeof type !== "string") throw cannotParse(`Can't find field "type"`);
  if (type === "") throw cannotParse("Type is not specified");
  const required = REQUIRED_FIELDS[type];
  if (required === undefined && !DETECTED_TYPES.has(type)) throw cannotParse("Unsupported type specified");
  for (const name of required ?? []) {
    if (fields[name] === undefined) throw cannotParse(`Can't find field "${name}"`);
  }
  return fields as unknown as MessageEntity; // type, offset and length are checked above, the rest by the caller
}

const cannotParse = (message: string) => defect(`Can't parse MessageEntity: ${message}`);
