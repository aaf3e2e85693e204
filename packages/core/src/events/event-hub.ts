import type { WantedAttachment } from "@steward/contract/attachments";
import type { Delivery } from "@steward/contract/deliveries";
import type { InboxUpdate } from "@steward/contract/inbox";
import type { TurnEvent } from "@steward/contract/turn-events";
import type { Logger } from "@steward/platform/logger";

/** What the rooms of the domain tell each other, always after the commit that made it true. */
export interface DomainEvents {
  access_changed: { botId: string };
  /** Other own commands than before, or none. */
  commands_changed: Record<never, never>;
  policy_changed: { scope: string; name: string };
  /** A turn that will be delivered was accepted. */
  turn_opened: { botId: string; turnId: string };
  turn_event: { botId: string; turnId: string; deliver: boolean; event: TurnEvent };
  /** A turn has its outcome (it may still have to be delivered). */
  turn_settled: { turnId: string };
  delivery_changed: { botId: string; delivery: Delivery };
  /** To be fetched by the bot's front end. */
  attachment_wanted: { botId: string; attachment: WantedAttachment };
  update_pending: { botId: string; inboxId: number; update: InboxUpdate };
}

export interface EventHub {
  publish<Topic extends keyof DomainEvents>(topic: Topic, payload: DomainEvents[Topic]): void;
  /** Returns the detach function. */
  subscribe<Topic extends keyof DomainEvents>(
    topic: Topic,
    listener: (payload: DomainEvents[Topic]) => void,
  ): () => void;
}

/** A synchronous hub: listeners run in order of subscription; one that throws is logged and harms no other. */
export const createEventHub = ({ log }: { log: Logger }): EventHub => {
  const listeners = new Map<keyof DomainEvents, Set<(payload: never) => void>>();
  return {
    publish: (topic, payload) => {
      for (const listener of [...(listeners.get(topic) ?? [])]) {
        try {
          (listener as (payload: unknown) => void)(payload);
        } catch (error) {
          log.error({ err: error, topic }, "event listener failed");
        }
      }
    },
    subscribe: (topic, listener) => {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set);
      set.add(listener as (payload: never) => void);
      return () => set.delete(listener as (payload: never) => void);
    },
  };
};
