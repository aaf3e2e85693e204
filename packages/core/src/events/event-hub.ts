import type { WantedAttachment } from "@steward/contract/attachments";
import type { Delivery } from "@steward/contract/deliveries";
import type { ChatAddress } from "@steward/contract/ids";
import type { InboxUpdate } from "@steward/contract/inbox";
import type { TurnEvent } from "@steward/contract/turn-events";
import type { Logger } from "@steward/platform/logger";

/**
 * What the rooms of the domain tell each other: after the commit that made it true, but for `history_changed`,
 * `memories_changed` and `audit_written`, which only tell that something is being written. Whoever hears these looks later.
 */
export interface DomainEvents {
  access_changed: { botId: string };
  /** Somebody wants to be let in, or was refused; who was let in is `access_changed`. */
  pairing_changed: { botId: string };
  /** A bot is there for the first time, under another name, or in another state. */
  bot_changed: { botId: string };
  /** An invitation was made or withdrawn; who has come by one is `access_changed`. */
  invitations_changed: { botId: string };
  /** The audit has a line more. */
  audit_written: Record<never, never>;
  /** Other own commands than before, or none. */
  commands_changed: Record<never, never>;
  policy_changed: { scope: string; name: string };
  /** A turn was accepted; `deliver`: its answer goes through the outbox. */
  turn_opened: { botId: string; turnId: string; deliver: boolean };
  turn_event: { botId: string; turnId: string; deliver: boolean; event: TurnEvent };
  /** A turn has its outcome (it may still have to be delivered). */
  turn_settled: { turnId: string };
  delivery_changed: { botId: string; delivery: Delivery };
  /** To be fetched by the bot's front end. */
  attachment_wanted: { botId: string; attachment: WantedAttachment };
  /** A chat's session is in another state, or has more or less to do. */
  session_changed: { chat: ChatAddress };
  /** Something was said, or deleted; null: it may have been in any chat. */
  history_changed: { chat: ChatAddress | null };
  memories_changed: Record<never, never>;
  /** Something keeps turns from running, or does so no longer. */
  holds_changed: Record<never, never>;
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
