import type { AccessEntry } from "@steward/contract/access";
import type { Delivery } from "@steward/contract/deliveries";
import { type MessageKey, translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { Language } from "@steward/schema/enums";
import type { DatabaseOrTransaction } from "@steward/schema/sqlite";
import type { ChatRecord, ChatRepository } from "../chats/chat-repository.ts";
import type { DeliveryRepository } from "../deliveries/delivery-repository.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { People } from "./people.ts";

/** What owners are told and asked in their private chats with the bot. Writes take part in the open transaction. */
export interface OwnerQuestions {
  /** A notice to every owner. Answers the deliveries, to be published after the commit. */
  tell(tx: DatabaseOrTransaction, botId: string, say: (language: Language) => string): string[];
  /** The same with buttons about `subject`. */
  ask(
    tx: DatabaseOrTransaction,
    botId: string,
    question: {
      subject: string;
      actions: Delivery["actions"];
      say: (language: Language) => string;
    },
  ): string[];
  /** The questions about `subject` become what was answered, without buttons. */
  answer(
    tx: DatabaseOrTransaction,
    botId: string,
    subject: string,
    say: (language: Language) => string,
  ): string[];
  publish(deliveryIds: readonly string[]): void;
}

export const createOwnerQuestions = (deps: {
  people: Pick<People, "list">;
  chats: ChatRepository;
  deliveries: DeliveryRepository;
  hub: EventHub;
  clock: Pick<Clock, "now">;
  ids: Pick<Ids, "uuid7">;
}): OwnerQuestions => {
  const { people, chats, deliveries, hub, clock, ids } = deps;

  /** A private chat has the id of the person in it. Its language is known once they have written something. */
  const chatOf = ({ botId, userId }: AccessEntry): ChatRecord => {
    const address = { botId, chatId: userId, threadId: "" };
    return chats.find(address) ?? chats.ensure(address, "en", clock.now());
  };

  const ask: OwnerQuestions["ask"] = (tx, botId, { subject, actions, say }) =>
    people
      .list(botId)
      .filter(({ role }) => role === "owner")
      .map((owner) => {
        const chat = chatOf(owner);
        const id = ids.uuid7();
        deliveries.insert(tx, {
          id,
          chatRef: chat.id,
          turnId: null,
          kind: "notice",
          text: say(chat.language),
          subject: subject === "" ? null : subject,
          actions,
          language: chat.language,
          replyToMessageId: null,
          placeholderIds: [],
          createdAt: clock.now(),
        });
        return id;
      });

  return {
    ask,
    tell: (tx, botId, say) => ask(tx, botId, { subject: "", actions: [], say }),
    answer: (tx, botId, subject, say) =>
      deliveries.about(botId, subject).map(({ id, language }) => {
        deliveries.rewrite(tx, id, say(language), clock.now());
        return id;
      }),
    publish: (deliveryIds) => {
      for (const id of deliveryIds) {
        const delivery = deliveries.find(id);
        if (delivery) hub.publish("delivery_changed", { botId: delivery.botId, delivery });
      }
    },
  };
};

/** A sentence of the catalogue in whatever language it is asked for. */
export const sentence =
  (key: MessageKey, params: Readonly<Record<string, string | number>>) =>
  (language: Language): string =>
    translate(language, key, params);

/** How a person is called in front of others: no name of theirs can pass for Markdown. */
export const calledName = ({
  name,
  username,
  userId,
}: Pick<AccessEntry, "name" | "username" | "userId">): string =>
  plain(name ?? (username === null ? userId : `@${username}`));

/** A name, or words, that others chose, as one line of plain text within Markdown. */
export const plain = (text: string, limit = 100): string =>
  text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_{}[\]()<>#+!|~@]/g, "\\$&")
    .slice(0, limit);
