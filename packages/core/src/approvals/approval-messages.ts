import type { Approval } from "@steward/contract/approvals";
import { translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { DatabaseOrTransaction } from "@steward/schema/sqlite";
import type { AccessService } from "../access/access-service.ts";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { DeliveryRepository } from "../deliveries/delivery-repository.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { TurnRecord } from "../turns/turn-record.ts";
import { wordEnd, wordQuestion } from "./word-approval.ts";

/**
 * The message by which a chat is asked: one delivery per approval, rewritten as the answer takes shape and when it ends, so
 * that a front end that was away shows what holds now.
 */
export interface ApprovalMessages {
  ask(tx: DatabaseOrTransaction, turn: TurnRecord, approval: Approval): void;
  /** As it stands now; nothing for approvals that no chat was asked about. */
  rewrite(tx: DatabaseOrTransaction, approval: Approval): void;
  /** After the commit. */
  publish(approvalId: string): void;
}

/** Who has answered, as the audit names them: `owner` holds the token, `user:ID` is a person of the bot. */
const USER = /^user:(.+)$/;

export const createApprovalMessages = (deps: {
  deliveries: DeliveryRepository;
  chats: ChatRepository;
  access: Pick<AccessService, "list">;
  hub: EventHub;
  clock: Clock;
  ids: Ids;
}): ApprovalMessages => {
  const { deliveries } = deps;

  const nameOf = ({ botId, decidedBy }: Approval): string | null => {
    const userId = USER.exec(decidedBy ?? "")?.[1];
    if (userId === undefined) return null;
    const person = deps.access.list(botId).find((each) => each.userId === userId);
    return person?.name ?? person?.username ?? userId;
  };

  return {
    ask: (tx, turn, approval) => {
      const { language } = deps.chats.byRef(turn.chatRef);
      deliveries.insert(tx, {
        id: deps.ids.uuid7(),
        chatRef: turn.chatRef,
        // The turn's own messages are its status and its answer.
        turnId: null,
        kind: "approval",
        approvalId: approval.id,
        text: wordQuestion(approval, language),
        actions: [],
        language,
        replyToMessageId: turn.replyToMessageId,
        placeholderIds: [],
        createdAt: deps.clock.now(),
      });
    },
    rewrite: (tx, approval) => {
      const delivery = deliveries.ofApproval(approval.id);
      if (delivery === null) return;
      const { language } = delivery;
      const by = nameOf(approval) ?? translate(language, "question.by_owner");
      const text =
        approval.state === "pending" ? wordQuestion(approval, language) : wordEnd(approval, language, by);
      deliveries.rewrite(tx, delivery.id, text, deps.clock.now());
    },
    publish: (approvalId) => {
      const delivery = deliveries.ofApproval(approvalId);
      if (delivery) deps.hub.publish("delivery_changed", { botId: delivery.botId, delivery });
    },
  };
};
