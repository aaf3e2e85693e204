import type { Clock } from "@steward/platform/clock";
import type { CliEvent } from "../cli-event.ts";
import { asArray, asNumber, asObject, asText, type RawMessage } from "./raw-message.ts";
import { decodeResult, type TurnFacts } from "./result-decoder.ts";
import { decodeStreamEvent } from "./stream-event-decoder.ts";
import { decodeSystemMessage } from "./system-decoder.ts";
import { summarizeTool } from "./tool-summary.ts";

/** What the session knows about the turn whose `result` has come. */
export interface ResultContext {
  isCommand: boolean;
  unsolicited: boolean;
}

/** Turns the messages of one CLI process into events. It remembers what `result` needs and what runs since when. */
export interface EventDecoder {
  /** Any message but `result` and the control messages. */
  decode(raw: RawMessage): CliEvent[];
  decodeResult(raw: RawMessage, context: ResultContext): CliEvent[];
  /** All that the session had cost when its last turn ended. */
  readonly costUsd: number;
  /** What a resumed session had cost before this process. Newer CLIs go on counting from there. */
  startAtCost(usd: number): void;
  /** The tool was allowed to run only now: the time somebody took to say so is not its own. */
  restartTool(toolUseId: string): void;
}

type Facts = Pick<
  TurnFacts,
  "assistantError" | "retryError" | "limitRejected" | "limitResetsAtMs" | "lastText"
>;

const NO_FACTS: Facts = {
  assistantError: undefined,
  retryError: undefined,
  limitRejected: false,
  limitResetsAtMs: undefined,
  lastText: "",
};

/** Known, and of no use to us. */
const IGNORED = new Set([
  "auth_status",
  "command_lifecycle",
  "control_response",
  "keep_alive",
  "prompt_suggestion",
  "streamlined_text",
  "tool_use_summary",
]);

export function createEventDecoder(clock: Pick<Clock, "monotonicMs">): EventDecoder {
  const toolStarts = new Map<string, number>();
  const announcedTools = new Set<string>();
  let costUsd = 0;
  let facts: Facts = NO_FACTS;

  const decodeAssistant = (raw: RawMessage): CliEvent[] => {
    const message = asObject(raw.message) ?? {};
    const parentToolUseId = asText(raw.parent_tool_use_id) ?? null;
    const error = asText(raw.error);
    if (error !== undefined) {
      // The CLI's own sentence about a failed request, dressed as an answer. The result repeats it as a failure.
      if (parentToolUseId === null) facts = { ...facts, assistantError: error };
      return [];
    }
    return asArray(message.content).flatMap((item): CliEvent[] => {
      const block = asObject(item) ?? {};
      const text = asText(block.text);
      if (block.type === "text" && text !== undefined) {
        if (parentToolUseId === null) facts = { ...facts, lastText: text };
        return [{ type: "assistant_text", text, messageId: asText(message.id) ?? "", parentToolUseId }];
      }
      return block.type === "tool_use" ? decodeToolUse(block, parentToolUseId) : [];
    });
  };

  const decodeToolUse = (block: RawMessage, parentToolUseId: string | null): CliEvent[] => {
    const toolUseId = asText(block.id) ?? "";
    const name = asText(block.name) ?? "";
    const { input } = block;
    toolStarts.set(toolUseId, clock.monotonicMs());
    // A request that fell back to non-streaming has had no content_block_start.
    const started: CliEvent[] = announcedTools.has(toolUseId)
      ? []
      : [{ type: "tool_started", toolUseId, name, parentToolUseId }];
    announcedTools.add(toolUseId);
    return [
      ...started,
      { type: "tool_input", toolUseId, name, input, summary: summarizeTool(name, input), parentToolUseId },
    ];
  };

  const decodeUser = (raw: RawMessage): CliEvent[] => {
    const uuid = asText(raw.uuid);
    if (raw.isReplay === true) return uuid === undefined ? [] : [{ type: "user_replayed", uuid }];
    const parentToolUseId = asText(raw.parent_tool_use_id) ?? null;
    return asArray(asObject(raw.message)?.content).flatMap((item): CliEvent[] => {
      const block = asObject(item) ?? {};
      const toolUseId = asText(block.tool_use_id);
      if (block.type !== "tool_result" || toolUseId === undefined) return [];
      const nowMs = clock.monotonicMs();
      const durationMs = Math.round(nowMs - (toolStarts.get(toolUseId) ?? nowMs));
      toolStarts.delete(toolUseId);
      return [
        { type: "tool_finished", toolUseId, isError: block.is_error === true, durationMs, parentToolUseId },
      ];
    });
  };

  const decodeRateLimit = (raw: RawMessage): CliEvent[] => {
    const info = asObject(raw.rate_limit_info) ?? {};
    const status = asText(info.status) ?? "unknown";
    const resetsAtSeconds = asNumber(info.resetsAt);
    const resetsAtMs = resetsAtSeconds === undefined ? null : resetsAtSeconds * 1_000;
    if (status === "rejected") {
      facts = { ...facts, limitRejected: true, limitResetsAtMs: resetsAtMs ?? undefined };
    }
    return [{ type: "rate_limit", status, resetsAtMs, kind: asText(info.rateLimitType) ?? null }];
  };

  const decodeToolProgress = (raw: RawMessage): CliEvent[] => {
    // A heartbeat has an id of its own and names the tool as its parent.
    const toolUseId = asText(raw.heartbeat === true ? raw.parent_tool_use_id : raw.tool_use_id);
    if (toolUseId === undefined) return [];
    return [
      { type: "tool_progress", toolUseId, elapsedMs: (asNumber(raw.elapsed_time_seconds) ?? 0) * 1_000 },
    ];
  };

  return {
    decode(raw) {
      const type = asText(raw.type) ?? "";
      if (IGNORED.has(type)) return [];
      switch (type) {
        case "stream_event": {
          const events = decodeStreamEvent(raw);
          for (const event of events) if (event.type === "tool_started") announcedTools.add(event.toolUseId);
          return events;
        }
        case "assistant":
          return decodeAssistant(raw);
        case "user":
          return decodeUser(raw);
        case "system": {
          const events = decodeSystemMessage(raw);
          for (const event of events) {
            if (event.type === "api_retry") facts = { ...facts, retryError: event.error };
          }
          return events;
        }
        case "rate_limit_event":
          return decodeRateLimit(raw);
        case "tool_progress":
          return decodeToolProgress(raw);
        default:
          return [{ type: "unknown", rawType: type }];
      }
    },
    decodeResult(raw, context) {
      const event = decodeResult(raw, { ...facts, ...context, costBeforeUsd: costUsd });
      costUsd = asNumber(raw.total_cost_usd) ?? costUsd;
      facts = NO_FACTS;
      toolStarts.clear();
      announcedTools.clear();
      return [event];
    },
    get costUsd() {
      return costUsd;
    },
    startAtCost(usd) {
      costUsd = usd;
    },
    restartTool(toolUseId) {
      if (toolStarts.has(toolUseId)) toolStarts.set(toolUseId, clock.monotonicMs());
    },
  };
}
