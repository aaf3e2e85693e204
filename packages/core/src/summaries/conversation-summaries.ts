import { DomainError } from "@steward/contract/errors";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { ChatRecord, ChatRepository } from "../chats/chat-repository.ts";
import type { PolicyService } from "../policies/policy-service.ts";
import { type AsideAnswer, askAside } from "../sessions/ask-aside.ts";
import type { SideSessions } from "../sessions/side-sessions.ts";
import type { TurnGate } from "../sessions/turn-gate.ts";
import type { StorageWatch } from "../storage/storage-watch.ts";
import {
  LEAST_EXCHANGES,
  type SilentConversation,
  type SilentConversations,
} from "./silent-conversations.ts";
import type { SummaryLedger } from "./summary-ledger.ts";
import type { SummaryMemories } from "./summary-memories.ts";
import { quoteConversation, readSummary, SUMMARY_SYSTEM_PROMPT } from "./summary-words.ts";

/** Long-silent conversations, made into memories by a cheap model beside the chats. */
export interface ConversationSummaries {
  /** Asks about the one that fell silent last, if any is due and may be asked about now. One at a time. */
  summariseNext(): Promise<void>;
  /** Resolves when no process is left; none is started after it. */
  stop(): Promise<void>;
}

export interface ConversationSummariesDeps {
  side: Pick<SideSessions, "open">;
  conversations: SilentConversations;
  ledger: SummaryLedger;
  memories: SummaryMemories;
  policies: Pick<PolicyService, "get" | "isSetAnywhere">;
  chats: Pick<ChatRepository, "byRef">;
  gate: Pick<TurnGate, "heldBy" | "refusal">;
  /** The chat has nothing to do. */
  isQuiet: (chatRef: number) => boolean;
  /** There is room for one more process, and no chat waits for it. */
  hasPlace: () => boolean;
  storage: Pick<StorageWatch, "isDown" | "writeOrOwe">;
  database: Pick<OpenDatabase, "write">;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

const DAY_MS = 86_400_000;
const MODEL = "haiku";
const ANSWER_TIMEOUT_MS = 120_000;
/** What stands in the way of one stands in the way of the next. */
const REST_AFTER_FAILURE_MS = 600_000;

/** What one question is about, as it stood when it was asked. */
interface Asked {
  chat: ChatRecord;
  conversation: SilentConversation;
  /** The last turn that it knows of. */
  last: { turnId: string; endedAt: number };
  text: string;
  isOutside: boolean;
}

export const createConversationSummaries = (deps: ConversationSummariesDeps): ConversationSummaries => {
  const { conversations, ledger, memories, policies, storage, clock, log } = deps;
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let restUntilMs = 0;

  const compose = (conversation: SilentConversation, chat: ChatRecord, through: number) => {
    const of = { conversationId: conversation.id, botId: chat.botId };
    const { exchanges, isOutside } = conversations.words(of, conversation.summarisedThrough, through);
    const text = quoteConversation(memories.earlier(conversation.id), exchanges);
    return { exchanges, isOutside, text };
  };

  const mayBeAsked = (chat: ChatRecord): boolean =>
    deps.isQuiet(chat.id) &&
    deps.gate.heldBy(chat) === null &&
    deps.gate.refusal({ chatRef: chat.id, botId: chat.botId, language: chat.language }) === null &&
    memories.hasRoom(chat.botId);

  const consider = (conversation: SilentConversation): Asked | null => {
    const chat = deps.chats.byRef(conversation.chatRef);
    const days = policies.get("summariseAfterDays", chat);
    if (days === null || conversation.lastActiveAt > clock.now() - days * DAY_MS) return null;
    if (!mayBeAsked(chat)) return null;
    const { exchanges, isOutside, text } = compose(conversation, chat, conversation.lastActiveAt);
    const last = exchanges.at(-1);
    const isFirst = conversation.summarisedThrough === 0;
    if (!last || (isFirst && exchanges.length < LEAST_EXCHANGES)) return null;
    return ledger.mayTry(conversation.id, last.turnId) ? { chat, conversation, last, text, isOutside } : null;
  };

  const next = (): Asked | null => {
    if (!policies.isSetAnywhere("summariseAfterDays") || storage.isDown || !deps.hasPlace()) return null;
    if (clock.monotonicMs() < restUntilMs) return null;
    for (const conversation of conversations.due(clock.now() - DAY_MS)) {
      const asked = consider(conversation);
      if (asked) return asked;
    }
    return null;
  };

  /** What was deleted or changed while it was asked does not come back by its summary: then it is asked anew. */
  const keep = (
    rowId: number,
    { chat, conversation, last, text, isOutside }: Asked,
    answer: string,
  ): void => {
    const now = compose(conversation, chat, last.endedAt);
    if (now.text !== text || !ledger.finish(rowId)) {
      log.info({ conversationId: conversation.id }, "a conversation has changed while it was summarised");
      return;
    }
    const content = readSummary(answer);
    if (content === null) return;
    const about = { chat, conversation, turnId: last.turnId, isOutside: isOutside || now.isOutside };
    const { id: memoryId, state } = memories.keep(content, about);
    log.info({ conversationId: conversation.id, memoryId, state }, "conversation summarised");
  };

  const settle = (rowId: number, asked: Asked, { result, model, usage }: AsideAnswer): void => {
    const isInTheWay = result?.errorCode === "usage_limit" || result?.errorCode === "authentication_failed";
    if (!result?.ok) {
      const { errorCode = null } = result ?? {};
      log.warn({ conversationId: asked.conversation.id, errorCode }, "a conversation was not summarised");
      if (!stopping.signal.aborted) restUntilMs = clock.monotonicMs() + REST_AFTER_FAILURE_MS;
    }
    storage.writeOrOwe("a summary", () =>
      deps.database.write(() => {
        if (usage.costUsd === 0 && (isInTheWay || stopping.signal.aborted) && !result?.ok) {
          ledger.withdraw(rowId);
          return;
        }
        ledger.book(rowId, { conversationId: asked.conversation.id, model, usage });
        if (result?.ok) keep(rowId, asked, result.text);
      }),
    );
  };

  const ask = async (asked: Asked): Promise<void> => {
    let rowId: number | null = null;
    try {
      const answer = await askAside(deps, {
        ...{ model: MODEL, systemPrompt: SUMMARY_SYSTEM_PROMPT, text: asked.text },
        ...{ timeoutMs: ANSWER_TIMEOUT_MS, signal: stopping.signal },
        sending: () => {
          rowId = ledger.begin(asked.conversation, asked.last.turnId);
        },
      });
      if (rowId !== null) settle(rowId, asked, answer);
    } catch (error) {
      restUntilMs = clock.monotonicMs() + REST_AFTER_FAILURE_MS;
      const code = error instanceof DomainError ? error.code : undefined;
      log.warn(
        { err: error, code, conversationId: asked.conversation.id },
        "a conversation was not summarised",
      );
    }
  };

  return {
    summariseNext: () => {
      const asked = running === null && !stopping.signal.aborted ? next() : null;
      if (asked) {
        running = ask(asked).finally(() => {
          running = null;
        });
      }
      return running ?? Promise.resolve();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
};
