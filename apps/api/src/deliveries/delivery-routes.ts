import { ENDPOINTS } from "@steward/contract/endpoints";
import type { BotService } from "@steward/core/bots/bot-service";
import type { DeadLetters } from "@steward/core/deliveries/dead-letters";
import type { DeliveryService } from "@steward/core/deliveries/delivery-service";
import type { FrontEndFeed } from "@steward/core/front-end/front-end-feed";
import type { Mount } from "../http/mount.ts";
import type { StreamDeps } from "../streams/stream-response.ts";
import { frontEndStream } from "./front-end-stream.ts";

export function mountDeliveries(
  mount: Mount,
  deps: StreamDeps & {
    deliveries: DeliveryService;
    deadLetters: DeadLetters;
    feed: FrontEndFeed;
    bots: BotService;
  },
): void {
  mount.response(ENDPOINTS.deliveriesStream, ({ query }, c) => frontEndStream(c, deps, query));
  mount.json(ENDPOINTS.setDeliveryPlaceholder, ({ params, body }) => ({
    messageId: deps.deliveries.setPlaceholder(params.deliveryId, body.part, body.messageId, body.replaces),
  }));
  mount.json(ENDPOINTS.listDeliveries, ({ query }) => deps.deadLetters.list(query));
  mount.json(ENDPOINTS.retryDelivery, ({ params }) => ({
    state: deps.deadLetters.retry(params.deliveryId),
  }));
  mount.json(ENDPOINTS.settleDelivery, ({ params, body }) => ({
    state: deps.deliveries.settle(params.deliveryId, body),
  }));
}
