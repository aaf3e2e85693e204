import { setImmediate } from "node:timers/promises";
import type { Clock } from "@steward/platform/clock";
import type { ChatRecord, ChatRepository } from "../chats/chat-repository.ts";
import type { PolicyService } from "../policies/policy-service.ts";
import type { TurnGate } from "../sessions/turn-gate.ts";
import type { ConversationWords, SaidInConversation } from "./conversation-words.ts";
import {
  LEAST_EXCHANGES,
  type SilentConversation,
  type SilentConversations,
} from "./silent-conversations.ts";
import type { SummaryLedger } from "./summary-ledger.ts";
import type { SummaryMemories } from "./summary-memories.ts";
import { quoteConversation } from "./summary-words.ts";

/** What one question is about, as it stood when it was asked. */
export interface Asked {
  chat: ChatRecord;
  conversation: SilentConversation;
  /** The last turn that it knows of. */
  last: { turnId: string; endedAt: number };
  text: string;
  isOutside: boolean;
}

/** Which conversation is asked about next, and with which words. */
export interface DueSummaries {
  /** The one that fell silent last and may be asked about now; null: there is none. */
  next(): Promise<Asked | null>;
  /** The question about it, as it would be asked now. @param through what was said later is left out (UTC ms) */
  compose(
    conversation: SilentConversation,
    chat: ChatRecord,
    through: number,
  ): SaidInConversation & { text: string };
}

const DAY_MS = 86_400_000;
const MOST_REFUSED = 10;
/** Conversations that are looked at before others have their turn. */
const SLICE = 50;

export const createDueSummaries = (deps: {
  conversations: SilentConversations;
  words: ConversationWords;
  ledger: Pick<SummaryLedger, "mayTry">;
  memories: Pick<SummaryMemories, "earlier" | "hasRoom">;
  policies: Pick<PolicyService, "get" | "isSetAnywhere">;
  chats: Pick<ChatRepository, "byRef">;
  gate: Pick<TurnGate, "heldBy" | "refusal">;
  /** The chat has nothing to do. */
  isQuiet: (chatRef: number) => boolean;
  clock: Pick<Clock, "now">;
}): DueSummaries => {
  const { conversations, ledger, memories, policies, clock } = deps;

  const compose: DueSummaries["compose"] = (conversation, chat, through) => {
    const of = { conversationId: conversation.id, botId: chat.botId };
    const { exchanges, isOutside } = deps.words(of, conversation.summarisedThrough, through);
    const text = quoteConversation(memories.earlier(conversation.id), exchanges);
    return { exchanges, isOutside, text };
  };

  const mayBeAsked = (chat: ChatRecord): boolean =>
    deps.isQuiet(chat.id) &&
    deps.gate.heldBy(chat) === null &&
    deps.gate.refusal({ chatRef: chat.id, botId: chat.botId, language: chat.language }) === null;

  /** Each minute all are asked this, so what costs least comes first. `refused`: not now. */
  const consider = (conversation: SilentConversation): Asked | "refused" | null => {
    const chat = deps.chats.byRef(conversation.chatRef);
    const days = policies.get("summariseAfterDays", chat);
    if (days === null || conversation.lastActiveAt > clock.now() - days * DAY_MS) return null;
    const last = conversations.lastAnswered(conversation.id);
    if (last === null || !ledger.mayTry(conversation.id, last.turnId)) return null;
    if (!memories.hasRoom(chat.botId)) return null;
    if (!mayBeAsked(chat)) return "refused";
    const { exchanges, isOutside, text } = compose(conversation, chat, last.endedAt);
    const isTooShort = conversation.summarisedThrough === 0 && exchanges.length < LEAST_EXCHANGES;
    return isTooShort ? null : { chat, conversation, last, text, isOutside };
  };

  const next: DueSummaries["next"] = async () => {
    if (!policies.isSetAnywhere("summariseAfterDays")) return null;
    let refused = 0;
    for (const [index, conversation] of conversations.due(clock.now() - DAY_MS).entries()) {
      const found = consider(conversation);
      if (found === "refused") refused += 1;
      else if (found !== null) return found;
      // Most often it is the same for all: a hold, or the day's money.
      if (refused === MOST_REFUSED) return null;
      if (index % SLICE === SLICE - 1) await setImmediate();
    }
    return null;
  };

  return { next, compose };
};
