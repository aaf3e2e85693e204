import type { Delivery, DeliverySummary } from "@steward/contract/deliveries";
import { DomainError } from "@steward/contract/errors";
import { translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import type { DeliveryState } from "@steward/schema/enums";
import type { Database, OpenDatabase } from "@steward/schema/sqlite";
import { chats, deliveries } from "@steward/schema/tables";
import { and, count, desc, eq, inArray, lt } from "drizzle-orm";
import type { AccessService } from "../access/access-service.ts";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { DeliveryRepository } from "./delivery-repository.ts";
import type { OutboxWriter } from "./outbox-writer.ts";

export interface DeliveryFilter {
  state?: DeliveryState | undefined;
  botId?: string | undefined;
  /** Only those with a lower `seq`. */
  before?: number | undefined;
  limit: number;
}

/** What could not be delivered: to be seen, to be tried again, and told to whoever can do something about it. */
export interface DeadLetters {
  /** Of any state; the latest first. */
  list(filter: DeliveryFilter): DeliverySummary[];
  count(): number;
  /** A dead one goes out again; one that is on its way stays there. Throws not_found, conflict. */
  retry(deliveryId: string): DeliveryState;
  /** Called when one has died: the bot's owners are told, once for each time that a chat stops taking messages. */
  died(delivery: Delivery, error: string): void;
}

/** As much of a text as tells which one it was. */
const TEXT_CHARACTERS = 200;
const ERROR_CHARACTERS = 200;

export const createDeadLetters = (deps: {
  database: OpenDatabase;
  deliveries: Pick<DeliveryRepository, "find">;
  chats: Pick<ChatRepository, "find" | "ensure">;
  access: Pick<AccessService, "list">;
  outbox: Pick<OutboxWriter, "notifyOnce">;
  hub: EventHub;
  clock: Clock;
}): DeadLetters => {
  const { database, clock } = deps;
  const db: Database = database.db;

  /** The first one to die since something arrived in this chat; null: this very one is not there. */
  const firstOfSilence = (delivery: Delivery): string | null => {
    const settled = db
      .select({ id: deliveries.id, state: deliveries.state })
      .from(deliveries)
      .innerJoin(chats, eq(chats.id, deliveries.chatRef))
      .where(
        and(
          eq(chats.botId, delivery.botId),
          eq(chats.chatId, delivery.chatId),
          inArray(deliveries.state, ["delivered", "dead"]),
        ),
      )
      .orderBy(desc(deliveries.settledAt), desc(deliveries.seq))
      .limit(1_000)
      .all();
    let first: string | null = null;
    for (const { id, state } of settled) {
      if (state === "delivered") break;
      first = id;
    }
    return first;
  };

  return {
    list: ({ state, botId, before, limit }) =>
      db
        .select({ row: deliveries, botId: chats.botId, chatId: chats.chatId, threadId: chats.threadId })
        .from(deliveries)
        .innerJoin(chats, eq(chats.id, deliveries.chatRef))
        .where(
          and(
            state === undefined ? undefined : eq(deliveries.state, state),
            botId === undefined ? undefined : eq(chats.botId, botId),
            before === undefined ? undefined : lt(deliveries.seq, before),
          ),
        )
        .orderBy(desc(deliveries.seq))
        .limit(limit)
        .all()
        .map(({ row, ...address }) => ({
          ...address,
          id: row.id,
          seq: row.seq,
          turnId: row.turnId,
          kind: row.kind,
          state: row.state,
          text: row.text.slice(0, TEXT_CHARACTERS),
          attempt: row.attempt,
          lastError: row.lastError,
          createdAt: row.createdAt,
          settledAt: row.settledAt,
        })),
    count: () => db.select({ n: count() }).from(deliveries).where(eq(deliveries.state, "dead")).get()?.n ?? 0,
    retry: (id) => {
      const revived =
        db
          .update(deliveries)
          .set({ state: "pending", nextAt: clock.now(), settledAt: null })
          .where(and(eq(deliveries.id, id), eq(deliveries.state, "dead")))
          .run().changes === 1;
      const delivery = deps.deliveries.find(id);
      if (!delivery) throw new DomainError("not_found", "Delivery not found");
      if (revived) deps.hub.publish("delivery_changed", { botId: delivery.botId, delivery });
      else if (delivery.state !== "pending" && delivery.state !== "sending")
        throw new DomainError(
          "conflict",
          `Only a dead delivery is tried again; this one is ${delivery.state}`,
        );
      return delivery.state;
    },
    died: (delivery, error) => {
      const about = firstOfSilence(delivery);
      if (about === null) return;
      const owners = deps.access
        .list(delivery.botId)
        .filter(({ role, userId }) => role === "owner" && userId !== delivery.chatId);
      for (const { userId } of owners) {
        const address = { botId: delivery.botId, chatId: userId, threadId: "" };
        const chat =
          deps.chats.find(address) ??
          database.write(() => deps.chats.ensure(address, delivery.language, clock.now()));
        const text = translate(chat.language, "notice.dead_letter", {
          chat: delivery.chatId,
          error: error.slice(0, ERROR_CHARACTERS),
        });
        deps.outbox.notifyOnce(chat, `dead ${about} ${userId}`, text);
      }
    },
  };
};
