import type { PolicyName } from "@steward/contract/policies";
import type { EventHub } from "../events/event-hub.ts";
import type { PolicyService } from "../policies/policy-service.ts";
import { fallbackModelOf } from "./launch-choices.ts";
import type { SessionManager } from "./session-manager.ts";

/** What a process is told, or is started with. */
const REACH_PROCESSES: ReadonlySet<string> = new Set([
  "permissionMode",
  "allowRules",
  "cliCommands",
  "memoryTools",
  "persona",
] satisfies PolicyName[]);

/** What a person sets reaches the sessions that are alive. */
export const applyPolicyChanges = (deps: {
  hub: EventHub;
  policies: Pick<PolicyService, "get">;
  sessions: Pick<SessionManager, "all" | "renewIdleTimeouts">;
}): void => {
  const { policies, sessions } = deps;
  deps.hub.subscribe("policy_changed", ({ scope, name }) => {
    if (name === "idleTimeoutMs" || name === "awaySince") sessions.renewIdleTimeouts();
    if (name === "fallbackModel" || name === "model") {
      for (const session of sessions.all()) session.renewFallback(fallbackModelOf(policies, session.chat));
    }
    if (!REACH_PROCESSES.has(name)) return;
    for (const session of sessions.all()) {
      const { id, botId } = session.chat;
      if (scope !== "global" && scope !== `bot:${botId}` && scope !== `chat:${id}`) continue;
      // The CLI can be told its mode at any time; its rules come with its start.
      if (name === "permissionMode") {
        void session.setPermissionMode(policies.get("permissionMode", session.chat));
      } else session.replaceProcess();
    }
  });
};
