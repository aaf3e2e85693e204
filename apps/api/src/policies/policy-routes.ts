import { ENDPOINTS } from "@steward/contract/endpoints";
import type { PolicyService } from "@steward/core/policies/policy-service";
import type { Mount } from "../http/mount.ts";

/** Whoever holds the token is the owner. */
const ACTOR = "owner";

export function mountPolicies(mount: Mount, { policies }: { policies: PolicyService }): void {
  mount.json(ENDPOINTS.listPolicies, ({ query }) => policies.list(query));
  mount.json(ENDPOINTS.setPolicy, ({ body: { name, value, clear, ...scope } }) =>
    policies.set(scope, name, clear ? undefined : value, ACTOR),
  );
}
