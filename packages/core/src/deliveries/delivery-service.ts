import type { Delivery } from "@steward/contract/deliveries";
import { DomainError } from "@steward/contract/errors";
import type { Clock } from "@steward/platform/clock";
import { failpoint } from "@steward/platform/failpoint";
import type { DeliveryState } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { EventHub } from "../events/event-hub.ts";
import type { TurnRepository } from "../turns/turn-repository.ts";
import type { DeliveryRepository } from "./delivery-repository.ts";

export type DeliveryOutcome =
  | { outcome: "delivered" }
  | { outcome: "retry"; retryAt: number; error: string }
  | { outcome: "possibly_delivered"; error: string }
  | { outcome: "dead"; error: string };

export interface DeliveryService {
  /** Deliveries of a bot that are not settled, oldest first. */
  open(botId: string): Delivery[];
  /**
   * The first id wins, unless it is the one that the new message `replaces`; answers the one that counts.
   * Throws not_found.
   */
  setPlaceholder(deliveryId: string, part: number, messageId: number, replaces?: number): number;
  /** Terminal states are written once; a repeat answers the state that stands. Throws not_found. */
  settle(deliveryId: string, outcome: DeliveryOutcome): DeliveryState;
}

export const createDeliveryService = (deps: {
  database: OpenDatabase;
  deliveries: DeliveryRepository;
  turns: TurnRepository;
  hub: EventHub;
  clock: Clock;
}): DeliveryService => {
  const { deliveries, turns, hub, clock } = deps;
  const require = (id: string): Delivery => {
    const delivery = deliveries.find(id);
    if (!delivery) throw new DomainError("not_found", "Delivery not found");
    return delivery;
  };
  return {
    open: (botId) => deliveries.open(botId),
    setPlaceholder: (id, part, messageId, replaces) =>
      deps.database.write(() => {
        const ids = [...require(id).placeholderIds];
        while (ids.length <= part) ids.push(null);
        const known = ids[part] ?? null;
        const standing = known === null || known === replaces ? messageId : known;
        ids[part] = standing;
        deliveries.setPlaceholderIds(id, ids);
        return standing;
      }),
    settle: (id, outcome) => {
      const before = require(id);
      if (outcome.outcome === "retry") {
        if (deliveries.postpone(id, outcome.retryAt, outcome.error)) {
          hub.publish("delivery_changed", { botId: before.botId, delivery: require(id) });
        }
        return require(id).state;
      }
      deps.database.write(() => {
        const error = outcome.outcome === "delivered" ? null : outcome.error;
        if (!deliveries.settle(id, outcome.outcome, error, clock.now())) return;
        if (before.turnId) turns.advance(before.turnId, ["result_saved", "delivering"], "done");
        failpoint("delivery.before_settle");
      });
      failpoint("delivery.after_settle");
      return require(id).state;
    },
  };
};
