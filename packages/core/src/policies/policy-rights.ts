import type { PolicyName } from "@steward/contract/policies";
import type { Ability } from "../access/abilities.ts";

/** How a chat shows the work is a matter of taste: whoever is let in sets it for the chat. */
const TASTE: ReadonlySet<PolicyName> = new Set(["verbosity", "showThinking"]);

/**
 * What a person of a bot must be able to do to set a policy. A mode without questions is the owner's alone to choose: it
 * stands for everything that the agent then does.
 *
 * @param isOfChat it is set for one chat
 */
export const abilityToSet = (name: PolicyName, value: unknown, isOfChat: boolean): Ability => {
  if (name === "permissionMode" && value === "bypassPermissions") return "skipQuestions";
  return TASTE.has(name) && isOfChat ? "chooseView" : "manage";
};
