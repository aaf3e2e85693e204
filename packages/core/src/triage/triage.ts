import type { ChatStatus } from "@steward/contract/chats";
import type { ChatAddress } from "@steward/contract/ids";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import { addressOf, type ChatRepository } from "../chats/chat-repository.ts";
import type { PolicyService } from "../policies/policy-service.ts";
import type { SessionManager } from "../sessions/session-manager.ts";
import type { SideSessions } from "../sessions/side-sessions.ts";
import type { TurnGate } from "../sessions/turn-gate.ts";
import type { TurnJournal } from "../turns/turn-journal.ts";
import type { TurnRepository } from "../turns/turn-repository.ts";
import type { ExpenseBook } from "../usage/expense-book.ts";
import { onlyCost } from "../usage/only-cost.ts";
import { Classifier } from "./classifier.ts";
import { answerStatus } from "./status-answer.ts";
import { createTriageDesk, type TriageDesk } from "./triage-desk.ts";

/** The one value of the policy that is not `off`, and the model of that name. */
const MODEL = "haiku";

/** Triage on this service's own sessions: a command is answered here, everything else is taken up by its chat. */
export const createTriage = (deps: {
  side: SideSessions;
  policies: Pick<PolicyService, "get">;
  turns: TurnRepository;
  chats: ChatRepository;
  journal: TurnJournal;
  sessions: SessionManager;
  status: (address: ChatAddress) => ChatStatus;
  /** Where nothing may run, or no money is left, nothing is judged. */
  gate: Pick<TurnGate, "heldBy" | "refusal">;
  expenses: ExpenseBook;
  clock: Clock;
  ids: Ids;
  log: Logger;
}): TriageDesk => {
  const { chats, sessions, clock, log } = deps;
  return createTriageDesk({
    classifier: new Classifier({ side: deps.side, model: MODEL, clock, ids: deps.ids, log }),
    model: MODEL,
    turns: deps.turns,
    isWanted: (turn) => {
      const chat = chats.byRef(turn.chatRef);
      if (deps.policies.get("triage", chat) !== MODEL) return false;
      return deps.gate.heldBy(chat) === null && deps.gate.refusal(turn) === null;
    },
    wasted: ({ id, chatRef, conversationId }, { model, costUsd }) =>
      deps.expenses.book({
        chatRef,
        conversationId,
        turnId: id,
        kind: "triage",
        model,
        usage: onlyCost(costUsd),
      }),
    contextTokens: (turn) => {
      const { conversationId } = chats.byRef(turn.chatRef);
      return conversationId === null ? 0 : deps.turns.contextTokens(conversationId);
    },
    decided: (turn, { label }) => {
      const session = sessions.byRef(turn.chatRef);
      // A turn that was stopped or put aside meanwhile is not answered after all.
      if (label === "command" && session.withdraw(turn.id)) {
        const status = deps.status(addressOf(chats.byRef(turn.chatRef)));
        deps.journal.settleWaiting(turn.id, {
          state: "done",
          text: answerStatus(status, turn.language, clock.now()),
          errorCode: null,
          errorDetail: null,
        });
      }
      session.wake();
    },
    clock,
    log,
  });
};
