import { botApiMethods, botApiObjects, botApiUnions, type GeneratedShape } from "./bot-api.gen.ts";
import { parseTypeExpression, type TypeExpression } from "./type-expression.ts";

/** Something a call's parameters have that the Bot API does not take, or lack that it needs. */
export interface ParameterProblem {
  kind: "unknown" | "missing" | "type";
  /** Where, e.g. `reply_markup.inline_keyboard[0][1].callback_data`. */
  path: string;
  message: string;
}

/**
 * Values that Telegram refuses with an error of its own (REACTION_INVALID, "unsupported parse_mode", "unsupported
 * type specified", …). The handlers check and answer those exactly; here any string passes.
 */
const CHECKED_BY_HANDLERS: Readonly<Record<string, string>> = {
  "ReactionTypeEmoji.emoji": "string",
  parse_mode: "string",
  quote_parse_mode: "string",
  "sendChatAction.action": "string",
  language_code: "string",
  // The server has its own words for kinds that do not mix in an album.
  "sendMediaGroup.media":
    "(InputMediaAudio | InputMediaDocument | InputMediaPhoto | InputMediaVideo | InputMediaLivePhoto)[]",
  // Entities are read one by one by text/entities.ts, which knows each error string of the server.
  entities: "MessageEntityLike[]",
  caption_entities: "MessageEntityLike[]",
  quote_entities: "MessageEntityLike[]",
};

/** Checks a decoded call against the generated tables. `uploads` are the names of the file parts that came along. */
export function checkParameters(
  method: string,
  params: Readonly<Record<string, unknown>>,
  uploads: ReadonlySet<string>,
): ParameterProblem[] {
  const shape = botApiMethods[method];
  if (shape === undefined) throw new Error(`no parameter table for ${method}`);
  const withUploads: Record<string, unknown> = { ...params };
  for (const name of uploads) {
    if (shapeProperty(shape, name) !== undefined) withUploads[name] ??= `attach://${name}`;
  }
  return [...checkShape(method, shape, withUploads, ""), ...unusedUploads(withUploads, uploads)];
}

/** Checks one value against a named object or union of the tables. */
export const checkObject = (name: string, value: unknown, path: string): ParameterProblem[] =>
  checkNamed({ kind: "named", name }, value, path);

/** The declared type of a parameter of a method, or undefined when it takes no such parameter. */
export function parameterType(method: string, name: string): TypeExpression | undefined {
  const shape = botApiMethods[method];
  const text = shape === undefined ? undefined : shapeProperty(shape, name);
  return text === undefined ? undefined : parseTypeExpression(text);
}

/** The literals a property of a generated object may take, e.g. the emoji allowed as a reaction. */
export function literalsOf(objectName: string, property: string): ReadonlySet<unknown> {
  const text = shapeProperty(botApiObjects[objectName] ?? {}, property);
  const expression = text === undefined ? undefined : parseTypeExpression(text);
  const members =
    expression?.kind === "union" ? expression.members : expression === undefined ? [] : [expression];
  return new Set(members.flatMap((member) => (member.kind === "literal" ? [member.value] : [])));
}

const shapeProperty = (shape: GeneratedShape, name: string) => shape[name] ?? shape[`${name}?`];

function checkShape(
  owner: string,
  shape: GeneratedShape,
  value: Readonly<Record<string, unknown>>,
  path: string,
): ParameterProblem[] {
  const problems: ParameterProblem[] = [];
  for (const [key, item] of Object.entries(value)) {
    const declared = shapeProperty(shape, key);
    const itemPath = path === "" ? key : `${path}.${key}`;
    if (declared === undefined) {
      problems.push({ kind: "unknown", path: itemPath, message: `${owner} takes no "${itemPath}"` });
      continue;
    }
    const type = CHECKED_BY_HANDLERS[`${owner}.${key}`] ?? CHECKED_BY_HANDLERS[key] ?? declared;
    problems.push(...checkValue(parseTypeExpression(type), item, itemPath));
  }
  for (const key of Object.keys(shape)) {
    if (key.endsWith("?") || value[key] !== undefined) continue;
    const itemPath = path === "" ? key : `${path}.${key}`;
    problems.push({
      kind: path === "" ? "missing" : "type",
      path: itemPath,
      message: `"${itemPath}" is missing`,
    });
  }
  return problems;
}

function checkValue(type: TypeExpression, value: unknown, path: string): ParameterProblem[] {
  switch (type.kind) {
    case "literal":
      return value === type.value ? [] : wrong(type, value, path);
    case "primitive":
      return typeof value === type.name && !Number.isNaN(value) ? [] : wrong(type, value, path);
    case "file":
      return typeof value === "string" && value.startsWith("attach://") ? [] : wrong(type, value, path);
    case "array":
      if (!Array.isArray(value)) return wrong(type, value, path);
      return value.flatMap((item, index) => checkValue(type.element, item, `${path}[${index}]`));
    case "union":
      return checkUnion(type.members, value, path);
    case "named":
      return checkNamed(type, value, path);
  }
}

function checkNamed(type: { kind: "named"; name: string }, value: unknown, path: string): ParameterProblem[] {
  const union = botApiUnions[type.name];
  if (union !== undefined) return checkValue(parseTypeExpression(union), value, path);
  if (type.name === "MessageEntityLike") return [];
  const shape = botApiObjects[type.name];
  if (shape === undefined) throw new Error(`the generated tables have no ${type.name}`);
  return isRecord(value) ? checkShape(type.name, shape, value, path) : wrong(type, value, path);
}

/** None fits: report against the member that was meant, the one with the fewest problems. */
function checkUnion(members: TypeExpression[], value: unknown, path: string): ParameterProblem[] {
  let best: ParameterProblem[] | undefined;
  for (const member of members) {
    const problems = checkValue(member, value, path);
    if (problems.length === 0) return [];
    const isMeant = isRecord(value)
      ? member.kind === "named"
      : member.kind === "array" && Array.isArray(value);
    if (isMeant && (best === undefined || problems.length < best.length)) best = problems;
  }
  return best ?? wrong({ kind: "union", members }, value, path);
}

function wrong(type: TypeExpression, value: unknown, path: string): ParameterProblem[] {
  const got = value === null ? "null" : Array.isArray(value) ? "an array" : shown(value);
  return [{ kind: "type", path, message: `"${path}" must be ${describeType(type)}, not ${got}` }];
}

const shown = (value: unknown) => {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

function describeType(type: TypeExpression): string {
  switch (type.kind) {
    case "literal":
      return JSON.stringify(type.value);
    case "primitive":
      return type.name;
    case "file":
      return "an uploaded file";
    case "array":
      return `an array of ${describeType(type.element)}`;
    case "named":
      return type.name;
    case "union":
      return type.members.map(describeType).join(" or ");
  }
}

/** A file part that nothing refers to is a mistake the real server swallows silently. */
function unusedUploads(params: unknown, uploads: ReadonlySet<string>): ParameterProblem[] {
  if (uploads.size === 0) return [];
  const text = JSON.stringify(params);
  return [...uploads]
    .filter((name) => !text.includes(`"attach://${name}"`))
    .map((name) => ({
      kind: "unknown",
      path: name,
      message: `no parameter refers to the uploaded file "${name}"`,
    }));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
