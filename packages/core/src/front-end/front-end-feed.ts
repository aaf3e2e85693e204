import type { Delivery, FrontEndEvent } from "@steward/contract/deliveries";
import type { AccessService } from "../access/access-service.ts";
import type { AttachmentDesk } from "../attachments/attachment-desk.ts";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { OwnCommands } from "../commands/own-commands.ts";
import type { DeliveryService } from "../deliveries/delivery-service.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { InboxService } from "../inbox/inbox-service.ts";
import type { PolicyService } from "../policies/policy-service.ts";
import type { StorageWatch } from "../storage/storage-watch.ts";
import type { TurnRepository } from "../turns/turn-repository.ts";
import type { TurnSnapshots } from "../turns/turn-snapshots.ts";

export interface FrontEndFeed {
  /**
   * Sends the present (access, open turns, pending updates, open deliveries, wanted files, `live`), then changes. Returns
   * the detach function.
   */
  subscribe(botId: string, sink: (event: FrontEndEvent) => void): () => void;
}

export const createFrontEndFeed = (deps: {
  access: AccessService;
  turns: TurnRepository;
  snapshots: TurnSnapshots;
  inbox: InboxService;
  deliveries: DeliveryService;
  attachments: Pick<AttachmentDesk, "wanted">;
  policies: Pick<PolicyService, "get">;
  chats: Pick<ChatRepository, "find">;
  own: Pick<OwnCommands, "known">;
  storage: Pick<StorageWatch, "isDown" | "noteFault">;
  hub: EventHub;
}): FrontEndFeed => {
  const { access, turns, snapshots, inbox, deliveries, attachments, policies, storage, hub } = deps;

  /** Nobody reads the chat at the moment: nothing rings. */
  const quietOf = (delivery: Delivery): Pick<Delivery, "quiet"> => {
    const chat = deps.chats.find(delivery);
    return chat && policies.get("awaySince", chat) !== null ? { quiet: true } : {};
  };

  /** A mark for people who look: no front end goes without its answers for want of it. */
  const markDelivering = (turnId: string): void => {
    if (storage.isDown) return;
    try {
      turns.advance(turnId, ["result_saved"], "delivering");
    } catch (error) {
      storage.noteFault(error);
    }
  };

  return {
    subscribe: (botId, sink) => {
      const detach: (() => void)[] = [];
      const sendAccess = () =>
        sink({
          type: "access",
          entries: access.list(botId),
          chats: access.listChats(botId),
          moves: access.moves(botId),
        });
      // A delivery that a front end has been handed is on its way.
      const sendDelivery = (delivery: Delivery) => {
        sink({ type: "delivery", delivery: { ...delivery, ...quietOf(delivery) } });
        if (delivery.turnId) markDelivering(delivery.turnId);
      };

      const sendCommands = () => {
        const own = deps.own.known().commands.map(({ name, description, hint, role, kind }) => ({
          ...{ name, description, hint, role, kind },
        }));
        sink({ type: "commands", own });
      };
      sendAccess();
      // The present without a word of them has none.
      if (deps.own.known().commands.length > 0) sendCommands();
      for (const record of turns.openFor(botId)) sink({ type: "turn_opened", turn: snapshots.take(record) });
      for (const { inboxId, update } of inbox.pending(botId)) sink({ type: "update", inboxId, update });
      for (const delivery of deliveries.open(botId)) sendDelivery(delivery);
      for (const attachment of attachments.wanted(botId)) sink({ type: "attachment_wanted", attachment });
      sink({ type: "live" });

      detach.push(
        hub.subscribe("access_changed", (event) => {
          if (event.botId === botId) sendAccess();
        }),
        hub.subscribe("commands_changed", sendCommands),
        hub.subscribe("turn_opened", (event) => {
          const record = event.botId === botId && event.deliver ? turns.find(event.turnId) : null;
          if (record) sink({ type: "turn_opened", turn: snapshots.take(record) });
        }),
        hub.subscribe("turn_event", (event) => {
          if (event.botId === botId && event.deliver) sink({ type: "turn_event", event: event.event });
        }),
        hub.subscribe("delivery_changed", (event) => {
          if (event.botId === botId) sendDelivery(event.delivery);
        }),
        hub.subscribe("attachment_wanted", ({ botId: of, attachment }) => {
          if (of === botId) sink({ type: "attachment_wanted", attachment });
        }),
        hub.subscribe("update_pending", (event) => {
          if (event.botId === botId) sink({ type: "update", inboxId: event.inboxId, update: event.update });
        }),
      );
      return () => {
        for (const each of detach) each();
      };
    },
  };
};
