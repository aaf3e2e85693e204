import type { PolicyName } from "@steward/contract/policies";
import type { AccessRole } from "@steward/schema/enums";
import { isManager } from "../access/actor.ts";

/** How a chat shows the work is a matter of taste: whoever is let in sets it for the chat. */
const TASTE: ReadonlySet<PolicyName> = new Set(["verbosity", "showThinking"]);

/**
 * Who may set a policy as a person of a bot. A mode without questions is the owner's alone to choose: it stands for
 * everything that the agent then does.
 *
 * @param isOfChat it is set for one chat
 */
export const maySetPolicy =
  (name: PolicyName, value: unknown, isOfChat: boolean) =>
  (role: AccessRole | null): boolean => {
    if (name === "permissionMode" && value === "bypassPermissions") return role === "owner";
    if (TASTE.has(name) && isOfChat) return role !== null;
    return isManager(role);
  };
