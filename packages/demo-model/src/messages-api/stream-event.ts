import type { ApiErrorBody } from "./api-error.ts";

export interface Usage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly output_tokens: number;
}

export type StopReason = "end_turn" | "tool_use" | "max_tokens" | "stop_sequence" | "refusal";

export type OutputBlock =
  | { type: "text"; text: string }
  | { type: "thinking"; thinking: string; signature: string }
  | { type: "tool_use"; id: string; name: string; input: unknown };

export type OutputDelta =
  | { type: "text_delta"; text: string }
  | { type: "thinking_delta"; thinking: string }
  | { type: "signature_delta"; signature: string }
  | { type: "input_json_delta"; partial_json: string };

/** The `message` of `message_start`, and the whole body of an answer that is not streamed. */
export interface OutputMessage {
  readonly id: string;
  readonly type: "message";
  readonly role: "assistant";
  readonly model: string;
  readonly content: readonly OutputBlock[];
  readonly stop_reason: StopReason | null;
  readonly stop_sequence: null;
  readonly usage: Usage;
}

export type StreamEvent =
  | { type: "message_start"; message: OutputMessage }
  | { type: "ping" }
  | { type: "content_block_start"; index: number; content_block: OutputBlock }
  | { type: "content_block_delta"; index: number; delta: OutputDelta }
  | { type: "content_block_stop"; index: number }
  | {
      type: "message_delta";
      delta: { stop_reason: StopReason; stop_sequence: null };
      usage: { output_tokens: number };
    }
  | { type: "message_stop" }
  | ApiErrorBody;

/** JSON escapes line breaks, so one `data:` line is always enough. */
export function encodeStreamEvent(event: StreamEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
