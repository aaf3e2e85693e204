import type { CliPermissionMode } from "@steward/claude/cli-driver";
import type { ChatRecord, ConversationRecord } from "../chats/chat-repository.ts";
import type { PolicyService } from "../policies/policy-service.ts";

/** What a person's settings decide about one CLI process. */
export interface LaunchChoices {
  permissionMode?: CliPermissionMode;
  allowRules?: readonly string[];
  allowCommands?: readonly string[];
  model?: string;
  fallbackModel?: string;
  allowedHosts?: readonly string[];
}

export type ChooseLaunch = (chat: ChatRecord, conversation: ConversationRecord) => LaunchChoices;

/** Who answers when the chat's model is overloaded; null: nobody else. */
export const fallbackModelOf = (policies: Pick<PolicyService, "get">, chat: ChatRecord): string | null => {
  const fallbackModel = policies.get("fallbackModel", chat);
  return fallbackModel === policies.get("model", chat) ? null : fallbackModel;
};

export const createLaunchChoices =
  (policies: Pick<PolicyService, "get">): ChooseLaunch =>
  (chat) => {
    const permissionMode = policies.get("permissionMode", chat);
    const allowRules = policies.get("allowRules", chat);
    const allowCommands = policies.get("cliCommands", chat).map((name) => `/${name}`);
    const allowedHosts = policies.get("bashNetwork", chat);
    const model = policies.get("model", chat);
    const fallbackModel = fallbackModelOf(policies, chat);
    return {
      ...(permissionMode === "default" ? {} : { permissionMode }),
      ...(allowRules.length === 0 ? {} : { allowRules }),
      ...(allowCommands.length === 0 ? {} : { allowCommands }),
      ...(allowedHosts.length === 0 ? {} : { allowedHosts }),
      ...(model === null ? {} : { model }),
      ...(fallbackModel === null ? {} : { fallbackModel }),
    };
  };
