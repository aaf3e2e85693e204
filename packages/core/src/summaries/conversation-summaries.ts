import { DomainError } from "@steward/contract/errors";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { type AsideAnswer, askAside } from "../sessions/ask-aside.ts";
import type { SideSessions } from "../sessions/side-sessions.ts";
import type { StorageWatch } from "../storage/storage-watch.ts";
import type { Asked, DueSummaries } from "./due-summaries.ts";
import type { SummaryLedger } from "./summary-ledger.ts";
import type { SummaryMemories } from "./summary-memories.ts";
import { readSummary, SUMMARY_SYSTEM_PROMPT } from "./summary-words.ts";

/** Long-silent conversations, made into memories by a cheap model beside the chats. */
export interface ConversationSummaries {
  /** Asks about the one that fell silent last, if any is due and may be asked about now. One at a time. */
  summariseNext(): Promise<void>;
  /** Resolves when no process is left; none is started after it. */
  stop(): Promise<void>;
}

export interface ConversationSummariesDeps {
  due: DueSummaries;
  side: Pick<SideSessions, "open">;
  ledger: SummaryLedger;
  memories: Pick<SummaryMemories, "keep">;
  /** There is room for one more process, and no chat waits for it. */
  hasPlace: () => boolean;
  storage: Pick<StorageWatch, "isDown" | "writeOrOwe">;
  database: Pick<OpenDatabase, "write">;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

const MODEL = "haiku";
const ANSWER_TIMEOUT_MS = 120_000;
/** What stands in the way of one stands in the way of the next. */
const REST_AFTER_FAILURE_MS = 600_000;

export const createConversationSummaries = (deps: ConversationSummariesDeps): ConversationSummaries => {
  const { due, ledger, storage, clock, log } = deps;
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let restUntilMs = 0;

  /** What was deleted or changed while it was asked does not come back by its summary: then it is asked anew. */
  const keep = (
    rowId: number,
    { chat, conversation, last, text, isOutside }: Asked,
    answer: string,
  ): void => {
    const now = due.compose(conversation, chat, last.endedAt);
    if (now.text !== text || !ledger.finish(rowId)) {
      log.info({ conversationId: conversation.id }, "a conversation has changed while it was summarised");
      return;
    }
    const content = readSummary(answer);
    if (content === null) return;
    const about = { chat, conversation, turnId: last.turnId, isOutside: isOutside || now.isOutside };
    const { id: memoryId, state } = deps.memories.keep(content, about);
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

  const lookAndAsk = async (): Promise<void> => {
    if (storage.isDown || !deps.hasPlace() || clock.monotonicMs() < restUntilMs) return;
    const asked = await due.next();
    if (asked !== null && !stopping.signal.aborted) await ask(asked);
  };

  return {
    summariseNext: () => {
      if (stopping.signal.aborted) return Promise.resolve();
      running ??= lookAndAsk().finally(() => {
        running = null;
      });
      return running;
    },
    stop: async () => {
      stopping.abort();
      await running?.catch(() => undefined);
    },
  };
};
