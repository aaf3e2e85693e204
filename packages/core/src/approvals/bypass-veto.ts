import type { PolicyVeto } from "../policies/policy-service.ts";

/** Without checks the agent can do whatever the service's user can: only a verified sandbox makes that bearable. */
export const refuseBypass: PolicyVeto = (name, value) =>
  name === "permissionMode" && value === "bypassPermissions"
    ? "bypassPermissions needs a verified sandbox, and there is none here. Use acceptEdits, or allow single tools with allowRules."
    : null;
