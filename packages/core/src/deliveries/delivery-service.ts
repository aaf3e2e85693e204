import type { Delivery } from "@steward/contract/deliveries";
import { DomainError } from "@steward/contract/errors";
import { translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import { failpoint } from "@steward/platform/failpoint";
import type { Ids } from "@steward/platform/ids";
import type { DeliveryState } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { EventHub } from "../events/event-hub.ts";
import type { TurnRepository } from "../turns/turn-repository.ts";
import type { DeadLetters } from "./dead-letters.ts";
import type { DeliveryAttempts } from "./delivery-attempts.ts";
import type { DeliveryRepository } from "./delivery-repository.ts";

export type DeliveryOutcome =
  | { outcome: "delivered"; revision?: number | undefined }
  | { outcome: "sending" }
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
  /**
   * Terminal states are written once; a repeat answers the state that stands. `sending` is for one front end alone:
   * another that asks gets `conflict`. A file in doubt is told to its chat. Throws not_found.
   */
  settle(deliveryId: string, outcome: DeliveryOutcome): DeliveryState;
  /** A person wants a file sent again that may not have arrived. Answers the delivery. Throws conflict. */
  reopenFile(fileId: string): string;
}

export const createDeliveryService = (deps: {
  database: OpenDatabase;
  deliveries: DeliveryRepository;
  turns: TurnRepository;
  attempts: Pick<DeliveryAttempts, "note">;
  deadLetters: Pick<DeadLetters, "died">;
  hub: EventHub;
  clock: Clock;
  ids: Ids;
}): DeliveryService => {
  const { deliveries, turns, hub, clock } = deps;
  const require = (id: string): Delivery => {
    const delivery = deliveries.find(id);
    if (!delivery) throw new DomainError("not_found", "Delivery not found");
    return delivery;
  };
  const publish = (id: string): void => {
    const delivery = require(id);
    hub.publish("delivery_changed", { botId: delivery.botId, delivery });
  };

  /** The chat is asked what to do about a file that may have arrived or not. */
  const askAbout = (doubtful: Delivery): string | null => {
    if (doubtful.kind !== "file" || doubtful.file === null) return null;
    const id = deps.ids.uuid7();
    deliveries.insertBeside(doubtful.id, {
      id,
      text: translate(doubtful.language, "file.possibly_delivered", { name: doubtful.file.name }),
      actions: ["resend"],
      now: clock.now(),
    });
    return id;
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
      if (outcome.outcome === "sending") {
        if (!deliveries.markSending(id)) throw new DomainError("conflict", `It is ${before.state}`);
        return "sending";
      }
      if (outcome.outcome === "retry") {
        const { retryAt, error } = outcome;
        const postponed = deps.database.write(() => {
          if (!deliveries.postpone(id, retryAt, error)) return false;
          deps.attempts.note(id, { at: clock.now(), outcome: "retry", error });
          return true;
        });
        if (postponed) publish(id);
        return require(id).state;
      }
      let hasDied = false;
      const question = deps.database.write(() => {
        const error = outcome.outcome === "delivered" ? null : outcome.error;
        const revision = outcome.outcome === "delivered" ? outcome.revision : undefined;
        if (!deliveries.settle(id, outcome.outcome, error, clock.now(), revision)) return null;
        deps.attempts.note(id, { at: clock.now(), outcome: outcome.outcome, error });
        hasDied = outcome.outcome === "dead";
        if (before.turnId) turns.advance(before.turnId, ["result_saved", "delivering"], "done");
        const asked = outcome.outcome === "possibly_delivered" ? askAbout(before) : null;
        failpoint("delivery.before_settle");
        return asked;
      });
      failpoint("delivery.after_settle");
      if (question !== null) publish(question);
      if (hasDied && outcome.outcome === "dead") deps.deadLetters.died(before, outcome.error);
      return require(id).state;
    },
    reopenFile: (fileId) => {
      const id = deliveries.reopen(fileId, clock.now());
      if (id === null) throw new DomainError("conflict", "It is known how this file's delivery went");
      publish(id);
      return id;
    },
  };
};
