import { ENDPOINTS } from "@steward/contract/endpoints";
import type { BotService } from "@steward/core/bots/bot-service";
import type { Mount } from "../http/mount.ts";

export function mountBots(mount: Mount, { bots }: { bots: BotService }): void {
  mount.json(ENDPOINTS.registerBot, ({ params, body }) =>
    bots.register(params.botId, "telegram", body.username, body.readsAllMessages),
  );
  mount.json(ENDPOINTS.reportBotState, ({ params, body }) =>
    bots.reportState(params.botId, body.state, body.detail),
  );
  mount.json(ENDPOINTS.leaseBot, ({ params, body }) => bots.lease(params.botId, body.holder, body.forMs));
  mount.json(ENDPOINTS.listBots, () => bots.list());
}
