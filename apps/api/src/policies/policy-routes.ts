import { ENDPOINTS } from "@steward/contract/endpoints";
import type { AccessService } from "@steward/core/access/access-service";
import { actorOf, nameActor } from "@steward/core/access/actor";
import type { PolicyService } from "@steward/core/policies/policy-service";
import type { Mount } from "../http/mount.ts";

export function mountPolicies(
  mount: Mount,
  { policies, access }: { policies: PolicyService; access: AccessService },
): void {
  mount.json(ENDPOINTS.listPolicies, ({ query }) => policies.list(query));
  mount.json(ENDPOINTS.setPolicy, ({ body: { name, value, clear, userId, ...scope } }) => {
    const by = nameActor(actorOf(userId), scope.botId, access);
    return policies.set(scope, name, clear ? undefined : value, by);
  });
}
