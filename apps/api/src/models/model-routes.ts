import { ENDPOINTS } from "@steward/contract/endpoints";
import { actorOf } from "@steward/core/access/actor";
import type { ModelService } from "@steward/core/models/model-service";
import { holderOf } from "../http/holder-of.ts";
import type { Mount } from "../http/mount.ts";

export function mountModels(mount: Mount, { models }: { models: ModelService }): void {
  mount.json(ENDPOINTS.listModels, () => models.list());
  mount.json(ENDPOINTS.getChatModel, ({ query }) => models.choice(query));
  mount.json(ENDPOINTS.chooseChatModel, ({ body: { model, userId, ...address } }, c) =>
    models.choose(address, model, actorOf(userId, holderOf(c))),
  );
}
