import type { CliEvent } from "../cli-event.ts";
import { asObject, asText, type RawMessage } from "./raw-message.ts";

/** A `stream_event` wraps one event of the model's own stream; of those, starts and deltas concern us. */
export function decodeStreamEvent(raw: RawMessage): CliEvent[] {
  const event = asObject(raw.event) ?? {};
  const parentToolUseId = asText(raw.parent_tool_use_id) ?? null;
  if (event.type === "content_block_start") {
    return decodeBlockStart(asObject(event.content_block) ?? {}, parentToolUseId);
  }
  return event.type === "content_block_delta"
    ? decodeDelta(asObject(event.delta) ?? {}, parentToolUseId)
    : [];
}

function decodeBlockStart(block: RawMessage, parentToolUseId: string | null): CliEvent[] {
  switch (block.type) {
    case "thinking":
    case "redacted_thinking":
      return [{ type: "thinking_started", parentToolUseId }];
    case "tool_use":
    case "server_tool_use": {
      const toolUseId = asText(block.id);
      const name = asText(block.name);
      if (toolUseId === undefined || name === undefined) return [];
      return [{ type: "tool_started", toolUseId, name, parentToolUseId }];
    }
    default:
      return [];
  }
}

function decodeDelta(delta: RawMessage, parentToolUseId: string | null): CliEvent[] {
  const text = asText(delta.text);
  if (delta.type === "text_delta" && text) return [{ type: "text_delta", text, parentToolUseId }];
  const thinking = asText(delta.thinking);
  if (delta.type === "thinking_delta" && thinking) {
    return [{ type: "thinking_delta", text: thinking, parentToolUseId }];
  }
  return [];
}
