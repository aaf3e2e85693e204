import type {
  OutputBlock,
  OutputDelta,
  OutputMessage,
  StopReason,
  StreamEvent,
  Usage,
} from "./stream-event.ts";

export interface ToolUse {
  /** `toolu_…`; the caller keeps it unique within a conversation. */
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

export interface FinishOptions {
  /** Default: `tool_use` when the message asks for a tool, else `end_turn`. */
  readonly stopReason?: StopReason;
  /** Default: a quarter of the characters written, at least 1. */
  readonly outputTokens?: number;
}

/**
 * Writes one answer, delta by delta. Deltas of one kind in a row are one content block; another kind closes the
 * block and opens the next. `finish` is called once, last. Every verb rejects with `ClientGone` when nobody reads.
 */
export interface MessageWriter {
  text(delta: string): Promise<void>;
  thinking(delta: string): Promise<void>;
  toolUse(use: ToolUse): Promise<void>;
  finish(options?: FinishOptions): Promise<void>;
}

export interface MessageHead {
  readonly id: string;
  readonly model: string;
  readonly inputTokens: number;
}

/** Long enough to be split on its way like the API does it, short enough to stay readable in a recording. */
const JSON_PIECE_CHARS = 40;

/** @param send takes the events in order; resolves when the reader can take more. */
export async function createStreamWriter(
  head: MessageHead,
  send: (event: StreamEvent) => Promise<void>,
): Promise<MessageWriter> {
  let open: OutputBlock["type"] | null = null;
  let index = -1;
  let asksForTool = false;
  let characters = 0;

  const closeBlock = async (): Promise<void> => {
    if (open === null) return;
    if (open === "thinking") {
      await sendDelta({ type: "signature_delta", signature: signatureOf(index) });
    }
    open = null;
    await send({ type: "content_block_stop", index });
  };
  const openBlock = async (block: OutputBlock): Promise<void> => {
    if (open === block.type && block.type !== "tool_use") return;
    await closeBlock();
    open = block.type;
    index += 1;
    await send({ type: "content_block_start", index, content_block: block });
  };
  const sendDelta = (delta: OutputDelta): Promise<void> =>
    send({ type: "content_block_delta", index, delta });

  await send({ type: "message_start", message: toMessage(head, [], null, 1) });
  await send({ type: "ping" });

  return {
    async text(delta) {
      characters += delta.length;
      await openBlock({ type: "text", text: "" });
      await sendDelta({ type: "text_delta", text: delta });
    },
    async thinking(delta) {
      characters += delta.length;
      await openBlock({ type: "thinking", thinking: "", signature: "" });
      await sendDelta({ type: "thinking_delta", thinking: delta });
    },
    async toolUse(use) {
      asksForTool = true;
      const json = JSON.stringify(use.input);
      characters += json.length;
      await openBlock({ type: "tool_use", id: use.id, name: use.name, input: {} });
      for (const piece of splitEvery(json, JSON_PIECE_CHARS)) {
        await sendDelta({ type: "input_json_delta", partial_json: piece });
      }
    },
    async finish(options = {}) {
      await closeBlock();
      await send({
        type: "message_delta",
        delta: { stop_reason: options.stopReason ?? defaultStop(asksForTool), stop_sequence: null },
        usage: { output_tokens: options.outputTokens ?? estimateTokens(characters) },
      });
      await send({ type: "message_stop" });
    },
  };
}

/** The same verbs for `stream: false`: everything is collected and handed over at once. */
export function createWholeWriter(
  head: MessageHead,
  deliver: (message: OutputMessage) => Promise<void>,
): MessageWriter {
  const blocks: OutputBlock[] = [];
  let characters = 0;
  return {
    async text(delta) {
      characters += delta.length;
      const last = blocks.at(-1);
      if (last?.type === "text") last.text += delta;
      else blocks.push({ type: "text", text: delta });
    },
    async thinking(delta) {
      characters += delta.length;
      const last = blocks.at(-1);
      if (last?.type === "thinking") last.thinking += delta;
      else blocks.push({ type: "thinking", thinking: delta, signature: signatureOf(blocks.length) });
    },
    async toolUse(use) {
      characters += JSON.stringify(use.input).length;
      blocks.push({ type: "tool_use", id: use.id, name: use.name, input: use.input });
    },
    async finish(options = {}) {
      const asksForTool = blocks.some((block) => block.type === "tool_use");
      const stopReason = options.stopReason ?? defaultStop(asksForTool);
      await deliver(toMessage(head, blocks, stopReason, options.outputTokens ?? estimateTokens(characters)));
    },
  };
}

export function estimateTokens(characters: number): number {
  return Math.max(1, Math.ceil(characters / 4));
}

function defaultStop(asksForTool: boolean): StopReason {
  return asksForTool ? "tool_use" : "end_turn";
}

/** Clients keep the signature with the thinking block and send both back; its content means nothing to them. */
function signatureOf(index: number): string {
  return Buffer.from(`unsigned thinking block ${index}`).toString("base64");
}

function toMessage(
  head: MessageHead,
  content: readonly OutputBlock[],
  stopReason: StopReason | null,
  outputTokens: number,
): OutputMessage {
  const usage: Usage = {
    input_tokens: head.inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: outputTokens,
  };
  return {
    id: head.id,
    type: "message",
    role: "assistant",
    model: head.model,
    content,
    stop_reason: stopReason,
    stop_sequence: null,
    usage,
  };
}

function splitEvery(text: string, size: number): readonly string[] {
  // By code point: half a surrogate pair is not valid UTF-8 on its own.
  const points = [...text];
  const pieces: string[] = [];
  for (let start = 0; start < points.length; start += size) {
    pieces.push(points.slice(start, start + size).join(""));
  }
  return pieces;
}
