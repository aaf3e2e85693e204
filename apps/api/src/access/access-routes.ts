import { ENDPOINTS } from "@steward/contract/endpoints";
import { translate } from "@steward/contract/messages";
import type { AccessService } from "@steward/core/access/access-service";
import { actorOf } from "@steward/core/access/actor";
import { holderOf } from "../http/holder-of.ts";
import type { Mount } from "../http/mount.ts";

export function mountAccess(
  mount: Mount,
  deps: {
    access: AccessService;
    /** With an API key several people may share a bot; a subscription is for one (DESIGN §13.6). */
    hasApiKey: boolean;
  },
): void {
  const { access } = deps;
  mount.json(ENDPOINTS.requestPairing, ({ body }) => access.requestPairing(body));
  mount.json(ENDPOINTS.listPairingRequests, () => access.listRequests());
  mount.json(ENDPOINTS.approvePairing, ({ body }, c) => {
    const { entry, people } = access.approve(body.code, actorOf(body.actingUserId, holderOf(c)));
    // Once: the third person is no news.
    const warns = people === 2 && !deps.hasApiKey;
    return {
      entry,
      warning: warns ? translate(body.language, "pairing.second_person", { count: people }) : null,
    };
  });
  mount.json(ENDPOINTS.refusePairing, ({ body }, c) => ({
    refused: access.refuse(body.code, actorOf(body.actingUserId, holderOf(c))),
  }));
  mount.json(ENDPOINTS.listAccess, ({ query }) => access.list(query.botId));
  mount.json(ENDPOINTS.setRole, ({ params, body }, c) =>
    access.setRole(params.botId, params.userId, body.role, actorOf(body.actingUserId, holderOf(c))),
  );
  mount.json(ENDPOINTS.revokeAccess, ({ params, query }, c) => ({
    revoked: access.revoke(params.botId, params.userId, actorOf(query.actingUserId, holderOf(c))),
  }));
  mount.json(ENDPOINTS.createInvitation, ({ body: { actingUserId, ...wish } }, c) =>
    access.invite(wish, actorOf(actingUserId, holderOf(c))),
  );
  mount.json(ENDPOINTS.listInvitations, ({ query }) => access.listInvitations(query.botId));
  mount.json(ENDPOINTS.withdrawInvitation, ({ body }, c) => ({
    withdrawn: access.withdraw(body.id, actorOf(body.actingUserId, holderOf(c))),
  }));
  mount.json(ENDPOINTS.redeemInvitation, ({ body: { code, ...person } }) => ({
    entry: access.redeem(code, person),
  }));
}
