import type { CliPermissionMode } from "@steward/claude/cli-driver";
import type { ChatRecord, ConversationRecord } from "../chats/chat-repository.ts";
import type { PolicyService } from "../policies/policy-service.ts";

/** What a person's settings decide about one CLI process. */
export interface LaunchChoices {
  permissionMode?: CliPermissionMode;
  model?: string;
}

export type ChooseLaunch = (chat: ChatRecord, conversation: ConversationRecord) => LaunchChoices;

export const createLaunchChoices =
  (policies: Pick<PolicyService, "get">): ChooseLaunch =>
  (chat) => {
    const permissionMode = policies.get("permissionMode", chat);
    const model = policies.get("model", chat);
    return {
      ...(permissionMode === "default" ? {} : { permissionMode }),
      ...(model === null ? {} : { model }),
    };
  };
