import { ENDPOINTS } from "@steward/contract/endpoints";
import type { AccessService } from "@steward/core/access/access-service";
import { actorOf, nameActor } from "@steward/core/access/actor";
import { abilityToSet } from "@steward/core/policies/policy-rights";
import type { PolicyService } from "@steward/core/policies/policy-service";
import { holderOf } from "../http/holder-of.ts";
import type { Mount } from "../http/mount.ts";

export function mountPolicies(
  mount: Mount,
  { policies, access }: { policies: PolicyService; access: AccessService },
): void {
  mount.json(ENDPOINTS.listPolicies, ({ query }) => policies.list(query));
  mount.json(
    ENDPOINTS.setPolicy,
    ({ body: { name, value, clear, expectedUpdatedAt, userId, ...scope } }, c) => {
      const ability = abilityToSet(name, clear ? undefined : value, scope.chatId !== undefined);
      const by = nameActor(actorOf(userId, holderOf(c)), scope.botId, access, ability);
      return policies.set(scope, name, clear ? undefined : value, by, expectedUpdatedAt);
    },
  );
}
