import type { CliHost, ToolPermissionDecision } from "../cli-driver.ts";
import { asArray, asObject, asText, type RawMessage } from "../codec/raw-message.ts";
import type { ControlHandler } from "./control-channel.ts";

/** The hook of ours that the handshake registers. */
export const PRE_TOOL_USE_HOOK = "steward-pre-tool-use";

export interface HostRequestsDeps {
  host: Pick<CliHost, "beforeTool" | "decideTool">;
  /** Called before the CLI may run a tool, in the same instant as its question. */
  onToolAsked(): void;
  /** A person's, or a policy's, yes has just gone out. */
  onToolAllowed(toolUseId: string): void;
  /** A question that this version does not know was refused. */
  onUnknown(subtype: string): void;
}

/** Answers what the CLI asks: the hook before each tool, and the permission for those that need one. */
export function createHostRequests(deps: HostRequestsDeps): ControlHandler {
  return (request, signal) => {
    switch (request.subtype) {
      case "hook_callback":
        return answerHook(deps, request);
      case "can_use_tool":
        return answerPermission(deps, request, signal);
      default: {
        const subtype = asText(request.subtype) ?? "none";
        deps.onUnknown(subtype);
        return Promise.reject(new Error(`Unsupported control request: ${subtype}`));
      }
    }
  };
}

async function answerHook(deps: HostRequestsDeps, request: RawMessage): Promise<RawMessage> {
  const input = asObject(request.input) ?? {};
  if (request.callback_id !== PRE_TOOL_USE_HOOK) return { continue: true };
  deps.onToolAsked();
  try {
    await deps.host.beforeTool({
      toolUseId: asText(request.tool_use_id) ?? asText(input.tool_use_id) ?? "",
      name: asText(input.tool_name) ?? "",
      input: input.tool_input,
    });
    return { continue: true };
  } catch (error) {
    // The caller could not write down that a tool is about to run: then it must not run.
    return { continue: true, decision: "block", reason: `This tool cannot run now: ${messageOf(error)}` };
  }
}

async function answerPermission(
  deps: HostRequestsDeps,
  request: RawMessage,
  signal: AbortSignal,
): Promise<RawMessage> {
  const toolUseId = asText(request.tool_use_id) ?? "";
  const input = asObject(request.input) ?? {};
  let decision: ToolPermissionDecision;
  try {
    decision = await deps.host.decideTool(
      {
        toolUseId,
        name: asText(request.tool_name) ?? "",
        input,
        description: asText(request.description) ?? null,
        reason: asText(request.decision_reason) ?? null,
        blockedPath: asText(request.blocked_path) ?? null,
        suggestions: [...asArray(request.permission_suggestions)],
      },
      signal,
    );
  } catch (error) {
    // Unanswered means denied.
    return { behavior: "deny", message: `Nobody could be asked: ${messageOf(error)}` };
  }
  if (decision.behavior === "deny") {
    return {
      behavior: "deny",
      message: decision.message,
      ...(decision.interrupt === true ? { interrupt: true } : {}),
    };
  }
  deps.onToolAllowed(toolUseId);
  return {
    behavior: "allow",
    // Required by 2.1.197 even when nothing changes.
    updatedInput: decision.updatedInput ?? input,
    ...(decision.remember === undefined ? {} : { updatedPermissions: [forThisSession(decision.remember)] }),
  };
}

/** Any other destination would be written to a settings file, in the working directory even. */
function forThisSession(suggestion: unknown): RawMessage {
  return { ...asObject(suggestion), destination: "session" };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
