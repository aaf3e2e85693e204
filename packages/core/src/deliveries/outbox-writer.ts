import { createHash } from "node:crypto";
import type { Delivery } from "@steward/contract/deliveries";
import { type MessageKey, translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { DatabaseOrTransaction, OpenDatabase } from "@steward/schema/sqlite";
import type { ChatHistoryRepository } from "../chat/chat-history-repository.ts";
import { addressOf, type ChatRecord } from "../chats/chat-repository.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { FileRepository } from "../files/file-repository.ts";
import { EMPTY_OUTGOING, type Outgoing } from "../files/outgoing.ts";
import { createOutgoingWriter } from "../files/outgoing-writer.ts";
import type { StorageWatch } from "../storage/storage-watch.ts";
import type { DeliveryRepository, NewDelivery } from "./delivery-repository.ts";

/** A delivery before it has an id; without `placeholderId` no message stands for it yet. */
export type Saying = Pick<Delivery, "turnId" | "kind" | "text" | "actions" | "replyToMessageId"> & {
  placeholderId: number | null;
  /** What its buttons are about, where that is no turn. */
  subject?: string | null;
};

/** What Steward says beside the answers of turns. While the database takes no writes it is kept and said when it does. */
export interface OutboxWords {
  /** Something Steward says on its own. */
  notify(chat: ChatRecord, key: MessageKey, params?: Record<string, string | number>): void;
  /** A result that nobody asked for (a background command of the agent finished); kept, and sent where an outbox is read. */
  volunteer(chat: ChatRecord, text: string, toOutbox: boolean, outgoing?: Readonly<Outgoing>): void;
  /** Files of the agent that no answer carries. `toOutbox`: they go out, too; else they are only listed. */
  sendFiles(
    chat: ChatRecord,
    outgoing: Readonly<Outgoing>,
    of: { turnId: string | null; toOutbox: boolean },
  ): void;
}

export interface OutboxWriter extends OutboxWords {
  /** A notice whose id is made of what it is about: the outbox itself knows, across restarts, whether it was told. */
  notifyOnce(chat: ChatRecord, about: string, text: string): void;
  /** Takes part in the open transaction; the caller publishes the id after its commit. */
  say(tx: DatabaseOrTransaction, chat: ChatRecord, saying: Saying, now: number): string;
  /** Tells front ends of deliveries that are committed. */
  publish(deliveryIds: readonly string[]): void;
}

const plainNotice = (text: string): Saying => ({
  turnId: null,
  kind: "notice",
  text,
  actions: [],
  replyToMessageId: null,
  placeholderId: null,
});

export const createOutboxWriter = (deps: {
  database: OpenDatabase;
  deliveries: DeliveryRepository;
  history: ChatHistoryRepository;
  files: FileRepository;
  storage: StorageWatch;
  hub: EventHub;
  clock: Clock;
  ids: Ids;
}): OutboxWriter => {
  const { database, deliveries, storage, hub, clock, ids } = deps;
  const writeOutgoing = createOutgoingWriter(deps);

  const rowOf = (chat: ChatRecord, id: string, saying: Saying, now: number): NewDelivery => {
    const { placeholderId, ...rest } = saying;
    const placeholderIds = placeholderId === null ? [] : [placeholderId];
    return { ...rest, id, chatRef: chat.id, language: chat.language, placeholderIds, createdAt: now };
  };

  const writer: OutboxWriter = {
    say: (tx, chat, saying, now) => {
      const id = ids.uuid7();
      deliveries.insert(tx, rowOf(chat, id, saying, now));
      return id;
    },
    publish: (deliveryIds) => {
      for (const id of deliveryIds) {
        const delivery = deliveries.find(id);
        if (delivery) hub.publish("delivery_changed", { botId: delivery.botId, delivery });
      }
    },
    notify: (chat, key, params) => {
      const now = clock.now();
      const text = translate(chat.language, key, params);
      storage.writeOrOwe("notice", () => {
        const id = database.write((tx) => writer.say(tx, chat, plainNotice(text), now));
        writer.publish([id]);
      });
    },
    notifyOnce: (chat, about, text) => {
      const now = clock.now();
      const id = uuidOf(about);
      storage.writeOrOwe("notice", () => {
        const row = rowOf(chat, id, plainNotice(text), now);
        const isNew = database.write((tx) => deliveries.insertOnce(tx, row));
        if (isNew) writer.publish([id]);
      });
    },
    volunteer: (chat, text, toOutbox, outgoing = EMPTY_OUTGOING) => {
      const now = clock.now();
      storage.writeOrOwe("unasked result", () => {
        const written = database.write((tx) => {
          deps.history.say({
            address: addressOf(chat),
            role: "assistant",
            content: text,
            source: "background",
            userId: null,
            username: null,
            turnId: null,
            at: now,
          });
          const said = toOutbox ? [writer.say(tx, chat, { ...plainNotice(text), kind: "answer" }, now)] : [];
          const of = { turnId: null, replyToMessageId: null, deliver: toOutbox, now };
          return [...said, ...writeOutgoing(tx, chat, outgoing, of)];
        });
        writer.publish(written);
      });
    },
    sendFiles: (chat, outgoing, { turnId, toOutbox }) => {
      const now = clock.now();
      storage.writeOrOwe("files", () => {
        const of = { turnId, deliver: toOutbox, replyToMessageId: null, now };
        writer.publish(database.write((tx) => writeOutgoing(tx, chat, outgoing, of)));
      });
    },
  };
  return writer;
};

/** A UUID (version 8, RFC 9562: made by a rule of one's own) that is the same for the same text. */
const uuidOf = (text: string): string => {
  const hex = createHash("sha256").update(text).digest("hex");
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
};
