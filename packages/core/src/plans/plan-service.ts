import { DomainError } from "@steward/contract/errors";
import type { ChatAddress } from "@steward/contract/ids";
import { confirmsPlan } from "@steward/contract/plan-marker";
import type { Clock } from "@steward/platform/clock";
import type { DatabaseOrTransaction, OpenDatabase } from "@steward/schema/sqlite";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { TurnService } from "../turns/turn-service.ts";
import type { PlanRepository } from "./plan-repository.ts";

/** What the agent is told when its plan is confirmed. The words are those that its instructions know. */
const EXECUTION_PROMPT =
  "Resume the harness-loop. The plan has been confirmed. Enter the Execute Loop now. Carry the plan out as it was confirmed, without asking for it to be confirmed again.";

export interface PlanService {
  /** Throws conflict when no plan, or another one, waits in the chat, and what submitting throws. */
  confirm(
    address: ChatAddress,
    by: { userId: string; userName: string | null },
    turnId?: string,
  ): { turnId: string };
}

/** What a message that a chat was sent means for the plan that waits there. */
export interface PlanReplies {
  /** Whether it confirms a plan, and is no message to the agent. Reads only. */
  isConfirmation(address: ChatAddress, text: string): boolean;
  /**
   * Decides the plan that waits in the chat: confirmed by a word, else given up for what was said. Answers what the turn is
   * asked instead of the words, or null. Takes part in the turn's transaction.
   */
  answered(tx: DatabaseOrTransaction, address: ChatAddress, text: string, turnId: string): string | null;
}

interface PlanDeps {
  chats: Pick<ChatRepository, "find">;
  plans: PlanRepository;
  clock: Pick<Clock, "now">;
}

export const createPlanReplies = ({ chats, plans, clock }: PlanDeps): PlanReplies => {
  const pending = (address: ChatAddress): string | null => {
    const chat = chats.find(address);
    return chat && plans.pendingIn(chat.id, clock.now());
  };
  return {
    isConfirmation: (address, text) => confirmsPlan(text) && pending(address) !== null,
    answered: (tx, address, text, turnId) => {
      const plan = pending(address);
      if (plan === null) return null;
      const isConfirmed = confirmsPlan(text);
      const state = isConfirmed ? "confirmed" : "revised";
      plans.decide(tx, plan, { state, executionTurnId: isConfirmed ? turnId : null, now: clock.now() });
      return isConfirmed ? EXECUTION_PROMPT : null;
    },
  };
};

export const createPlanService = (
  deps: PlanDeps & { database: OpenDatabase; turnService: Pick<TurnService, "submit"> },
): PlanService => ({
  confirm: (address, { userId, userName }, wanted) => {
    const chat = deps.chats.find(address);
    const plan = chat && deps.plans.pendingIn(chat.id, deps.clock.now());
    const none = () => new DomainError("conflict", "No such plan waits here any more");
    if (!chat || plan === null || (wanted !== undefined && wanted !== plan)) throw none();
    const request = {
      ...{ address, text: EXECUTION_PROMPT, source: "telegram" as const, language: chat.language },
      ...{ userId, userName, replyToMessageId: null, idempotencyKey: null, deliver: true },
    };
    const { turnId } = deps.turnService.submit(request, (executionTurnId) => {
      const decision = { state: "confirmed" as const, executionTurnId, now: deps.clock.now() };
      // Thrown inside the turn's transaction: there is no turn without the decision.
      if (!deps.plans.decide(deps.database.db, plan, decision)) throw none();
    });
    return { turnId };
  },
});
