import type { CliEvent } from "../cli-event.ts";
import { asArray, asNumber, asText, type RawMessage } from "./raw-message.ts";

/** Known, and of no use to us. */
const IGNORED = new Set([
  "background_tasks_changed",
  "files_persisted",
  "hook_progress",
  "hook_response",
  "hook_started",
  "informational",
  "local_command_output",
  "session_state_changed",
  "task_progress",
  "task_updated",
  "thinking_tokens",
]);

/** Messages of `type: "system"`, told apart by `subtype`. */
export function decodeSystemMessage(raw: RawMessage): CliEvent[] {
  const subtype = asText(raw.subtype) ?? "";
  if (IGNORED.has(subtype)) return [];
  switch (subtype) {
    case "init":
      return [
        {
          type: "turn_started",
          sessionId: asText(raw.session_id) ?? "",
          model: asText(raw.model) ?? "",
          tools: asArray(raw.tools).filter((tool) => typeof tool === "string"),
          permissionMode: asText(raw.permissionMode) ?? "",
          version: asText(raw.claude_code_version) ?? "",
        },
      ];
    case "status":
      return raw.status === "compacting" ? [{ type: "compacting", phase: "started" }] : [];
    case "compact_boundary":
      return [{ type: "compacting", phase: "done" }];
    case "api_retry":
      return [
        {
          type: "api_retry",
          attempt: asNumber(raw.attempt) ?? 0,
          maxRetries: asNumber(raw.max_retries) ?? 0,
          delayMs: Math.round(asNumber(raw.retry_delay_ms) ?? 0),
          errorStatus: asNumber(raw.error_status) ?? null,
          error: asText(raw.error) ?? "unknown",
        },
      ];
    case "model_fallback":
      return [
        {
          type: "model_fallback",
          fromModel: asText(raw.original_model) ?? null,
          toModel: asText(raw.fallback_model) ?? null,
        },
      ];
    case "task_started":
      return [
        {
          type: "task_started",
          taskId: asText(raw.task_id) ?? "",
          toolUseId: asText(raw.tool_use_id) ?? null,
          taskType: asText(raw.task_type) ?? "unknown",
          description: asText(raw.description) ?? "",
        },
      ];
    case "task_notification":
      return [
        {
          type: "task_finished",
          taskId: asText(raw.task_id) ?? "",
          toolUseId: asText(raw.tool_use_id) ?? null,
          status: asText(raw.status) ?? "unknown",
          summary: asText(raw.summary) ?? "",
        },
      ];
    default:
      return [{ type: "unknown", rawType: `system/${subtype}` }];
  }
}
