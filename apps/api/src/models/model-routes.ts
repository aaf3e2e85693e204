import { ENDPOINTS } from "@steward/contract/endpoints";
import type { ModelService } from "@steward/core/models/model-service";
import type { Mount } from "../http/mount.ts";

/** Whoever holds the token is the owner. */
const ACTOR = "owner";

export function mountModels(mount: Mount, { models }: { models: ModelService }): void {
  mount.json(ENDPOINTS.listModels, () => models.list());
  mount.json(ENDPOINTS.getChatModel, ({ query }) => models.choice(query));
  mount.json(ENDPOINTS.chooseChatModel, ({ body: { model, ...address } }) =>
    models.choose(address, model, ACTOR),
  );
}
