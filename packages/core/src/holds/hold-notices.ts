import { createHash } from "node:crypto";
import { translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { ChatRecord, ChatRepository } from "../chats/chat-repository.ts";
import type { DeliveryRepository } from "../deliveries/delivery-repository.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { RateLimit } from "../sessions/turn-gate.ts";
import { type TurnRepository, WAITING_STATES } from "../turns/turn-repository.ts";
import { describeHold, toldHold } from "./describe-hold.ts";
import { formatReset } from "./format-reset.ts";
import type { OpenHold } from "./hold-repository.ts";

export interface HoldNotices {
  /** Says once in a chat why its messages wait: however often it is asked for, and across restarts. */
  tell(hold: OpenHold, chat: ChatRecord): void;
  /** The same in every chat that waits already and reads an outbox. */
  tellWaiting(hold: OpenHold): void;
  /** "Most of your limit is used", once per window. */
  warn(chat: ChatRecord, limit: RateLimit): void;
}

export const createHoldNotices = (deps: {
  database: OpenDatabase;
  deliveries: DeliveryRepository;
  turns: TurnRepository;
  chats: ChatRepository;
  hub: EventHub;
  clock: Clock;
  /** IANA name of the zone that people here live in. */
  timeZone: string;
}): HoldNotices => {
  const { database, deliveries, hub, clock } = deps;

  /** The id is made from what the notice is about, so that the outbox itself knows whether it was told. */
  const once = (chat: ChatRecord, about: string, text: string): void => {
    const id = uuidOf(about);
    const isNew = database.write((tx) =>
      deliveries.insertOnce(tx, {
        id,
        chatRef: chat.id,
        turnId: null,
        kind: "notice",
        text,
        actions: [],
        language: chat.language,
        replyToMessageId: null,
        placeholderIds: [],
        createdAt: clock.now(),
      }),
    );
    const delivery = isNew ? deliveries.find(id) : null;
    if (delivery) hub.publish("delivery_changed", { botId: delivery.botId, delivery });
  };

  const notices: HoldNotices = {
    tell: (hold, chat) => {
      const text = describeHold("notice.hold", chat.language, toldHold(hold), deps.timeZone);
      once(chat, `hold ${hold.id} ${hold.since} ${chat.id}`, text);
    },
    tellWaiting: (hold) => {
      const waiting = deps.turns
        .unsettled()
        .filter((turn) => turn.deliver && !turn.parked && WAITING_STATES.includes(turn.state));
      for (const chatRef of new Set(waiting.map((turn) => turn.chatRef))) {
        notices.tell(hold, deps.chats.byRef(chatRef));
      }
    },
    warn: (chat, { kind, resetsAtMs }) => {
      if (resetsAtMs === null) return;
      const at = formatReset(chat.language, resetsAtMs, deps.timeZone);
      once(chat, `limit ${kind} ${resetsAtMs}`, translate(chat.language, "notice.limit_warning", { at }));
    },
  };
  return notices;
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
