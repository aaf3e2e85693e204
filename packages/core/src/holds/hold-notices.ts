import { translate } from "@steward/contract/messages";
import type { ChatRecord, ChatRepository } from "../chats/chat-repository.ts";
import type { OutboxWriter } from "../deliveries/outbox-writer.ts";
import type { RateLimit } from "../sessions/turn-gate.ts";
import { WAITING_STATES } from "../turns/turn-record.ts";
import type { TurnRepository } from "../turns/turn-repository.ts";
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
  outbox: Pick<OutboxWriter, "notifyOnce">;
  turns: TurnRepository;
  chats: ChatRepository;
  /** IANA name of the zone that people here live in. */
  timeZone: string;
}): HoldNotices => {
  const { outbox } = deps;

  const notices: HoldNotices = {
    tell: (hold, chat) => {
      const text = describeHold("notice.hold", chat.language, toldHold(hold), deps.timeZone);
      outbox.notifyOnce(chat, `hold ${hold.id} ${hold.since} ${chat.id}`, text);
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
      const text = translate(chat.language, "notice.limit_warning", { at });
      outbox.notifyOnce(chat, `limit ${kind} ${resetsAtMs}`, text);
    },
  };
  return notices;
};
