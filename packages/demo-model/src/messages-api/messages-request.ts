import { type ApiFailure, invalidRequest } from "./api-error.ts";

/** A content block reduced to what an answer can depend on. Images, documents and thinking are `other`. */
export type ContentBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: unknown }
  | {
      readonly type: "tool_result";
      readonly toolUseId: string;
      readonly isError: boolean;
      readonly text: string;
    }
  | { readonly type: "other"; readonly kind: string };

export interface Message {
  /** `system` entries may stand between and after the others: clients put listings and steering text there. */
  readonly role: "user" | "assistant" | "system";
  readonly content: readonly ContentBlock[];
}

export interface MessagesRequest {
  readonly model: string;
  /** Absent in `count_tokens` requests: 0. */
  readonly maxTokens: number;
  readonly stream: boolean;
  readonly system: string;
  readonly toolNames: readonly string[];
  readonly messages: readonly Message[];
  /** The JSON schema the answer has to satisfy (`output_config.format`), if any. */
  readonly outputSchema: Record<string, unknown> | null;
  /** The body as it came. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export type ParsedRequest =
  | { readonly ok: true; readonly request: MessagesRequest }
  | { readonly ok: false; readonly failure: ApiFailure };

/** Thrown inside this file alone; {@link parseMessagesRequest} turns it into a value. */
class Refusal extends Error {}

/**
 * Reads the JSON body of `POST /v1/messages` (or `…/count_tokens`, which has no `max_tokens`) as strictly as the
 * real API: the refusals carry its texts, so that a client's broken history is noticed here and not in production.
 */
export function parseMessagesRequest(
  body: string,
  route: "create" | "count_tokens" = "create",
): ParsedRequest {
  try {
    const raw = parseObject(body);
    const model = raw.model;
    if (typeof model !== "string" || model === "") throw new Refusal("model: Field required");
    const maxTokens = route === "create" ? readMaxTokens(raw.max_tokens) : 0;
    const messages = readMessages(raw.messages);
    checkToolPairs(messages);
    const request: MessagesRequest = {
      model,
      maxTokens,
      stream: readStream(raw.stream),
      system: readSystem(raw.system),
      toolNames: readToolNames(raw.tools),
      messages,
      outputSchema: readOutputSchema(raw.output_config),
      raw,
    };
    return { ok: true, request };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, failure: invalidRequest(error.message) };
    throw error;
  }
}

function parseObject(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    throw new Refusal(`The request body is not valid JSON: ${String(error)}`);
  }
  if (!isRecord(value)) throw new Refusal("Input should be a valid dictionary");
  return value;
}

function readMaxTokens(value: unknown): number {
  if (value === undefined) throw new Refusal("max_tokens: Field required");
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw new Refusal("max_tokens: Input should be a valid integer");
  }
  if (value < 1) throw new Refusal("max_tokens: Input should be greater than or equal to 1");
  return value;
}

function readStream(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== "boolean") throw new Refusal("stream: Input should be a valid boolean");
  return value;
}

function readSystem(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) throw new Refusal("system: Input should be a valid list");
  return value
    .map((block, index) => {
      if (isRecord(block) && typeof block.text === "string") return block.text;
      throw new Refusal(`system.${index}.text: Field required`);
    })
    .join("\n");
}

function readToolNames(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Refusal("tools: Input should be a valid list");
  const names = value.map((tool, index) => {
    if (isRecord(tool) && typeof tool.name === "string") return tool.name;
    throw new Refusal(`tools.${index}.name: Field required`);
  });
  if (new Set(names).size !== names.length) throw new Refusal("tools: Tool names must be unique.");
  return names;
}

function readOutputSchema(value: unknown): Record<string, unknown> | null {
  if (!isRecord(value) || !isRecord(value.format)) return null;
  const { type, schema } = value.format;
  return type === "json_schema" && isRecord(schema) ? schema : null;
}

function readMessages(value: unknown): readonly Message[] {
  if (value === undefined) throw new Refusal("messages: Field required");
  if (!Array.isArray(value)) throw new Refusal("messages: Input should be a valid list");
  if (value.length === 0) throw new Refusal("messages: at least one message is required");
  const messages = value.map(readMessage);
  if (messages.find((message) => message.role !== "system")?.role !== "user") {
    throw new Refusal('messages: first message must use the "user" role');
  }
  return messages;
}

function readMessage(value: unknown, index: number): Message {
  const at = `messages.${index}`;
  if (!isRecord(value)) throw new Refusal(`${at}: Input should be a valid dictionary`);
  const { role, content } = value;
  if (role !== "user" && role !== "assistant" && role !== "system") {
    throw new Refusal(`messages: Unexpected role "${String(role)}". Allowed roles are "user" or "assistant"`);
  }
  if (typeof content === "string") {
    if (content === "") throw new Refusal(`${at}: all messages must have non-empty content`);
    return { role, content: [{ type: "text", text: content }] };
  }
  if (!Array.isArray(content)) throw new Refusal(`${at}.content: Field required`);
  // An empty `system` entry carries settings for the turns after it.
  if (content.length === 0 && role !== "system")
    throw new Refusal(`${at}: all messages must have non-empty content`);
  return { role, content: content.map((block, number) => readBlock(block, `${at}.content.${number}`)) };
}

function readBlock(value: unknown, at: string): ContentBlock {
  if (!isRecord(value) || typeof value.type !== "string") throw new Refusal(`${at}.type: Field required`);
  switch (value.type) {
    case "text":
      if (typeof value.text !== "string") throw new Refusal(`${at}.text.text: Field required`);
      if (value.text === "") throw new Refusal("messages: text content blocks must be non-empty");
      return { type: "text", text: value.text };
    case "tool_use":
      return {
        type: "tool_use",
        id: readId(value.id, `${at}.tool_use.id`),
        name: readId(value.name, `${at}.tool_use.name`),
        input: value.input,
      };
    case "tool_result":
      return {
        type: "tool_result",
        toolUseId: readId(value.tool_use_id, `${at}.tool_result.tool_use_id`),
        isError: value.is_error === true,
        text: readResultText(value.content),
      };
    default:
      return { type: "other", kind: value.type };
  }
}

function readId(value: unknown, at: string): string {
  if (typeof value !== "string" || value === "") throw new Refusal(`${at}: Field required`);
  return value;
}

function readResultText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((block) => (isRecord(block) && typeof block.text === "string" ? block.text : ""))
    .filter((text) => text !== "")
    .join("\n");
}

/** Each tool_use is answered by a tool_result in the user message after it, and nothing else is. */
function checkToolPairs(messages: readonly Message[]): void {
  const turns = mergeByRole(messages);
  for (const [index, turn] of turns.entries()) {
    const before = turns[index - 1];
    const asked = new Set(before === undefined ? [] : toolUseIds(before.content));
    for (const block of turn.content) {
      if (block.type !== "tool_result" || asked.delete(block.toolUseId)) continue;
      throw new Refusal(
        `messages.${turn.firstIndex}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.toolUseId}. ` +
          "Each `tool_result` block must have a corresponding `tool_use` block in the previous message.",
      );
    }
    if (asked.size > 0 && before !== undefined) {
      throw new Refusal(
        `messages.${before.firstIndex}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ` +
          `${[...asked].join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
    }
  }
}

interface MergedTurn {
  readonly role: Message["role"];
  readonly firstIndex: number;
  readonly content: ContentBlock[];
}

/** Neighbours of one role count as one message for the API; `system` entries do not come between them. */
function mergeByRole(messages: readonly Message[]): readonly MergedTurn[] {
  const turns: MergedTurn[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === "system") continue;
    const last = turns.at(-1);
    if (last?.role === message.role) last.content.push(...message.content);
    else turns.push({ role: message.role, firstIndex: index, content: [...message.content] });
  }
  return turns;
}

function toolUseIds(content: readonly ContentBlock[]): readonly string[] {
  return content.flatMap((block) => (block.type === "tool_use" ? [block.id] : []));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
