import type { CoreDeps } from "../core-deps.ts";
import type { MemoryBooks } from "../memory/memory-books.ts";
import type { MemoryService } from "../memory/memory-service.ts";
import { createConversationSummaries } from "../summaries/conversation-summaries.ts";
import { createConversationWords } from "../summaries/conversation-words.ts";
import { createDueSummaries } from "../summaries/due-summaries.ts";
import { createSilentConversations } from "../summaries/silent-conversations.ts";
import { createSummaryLedger } from "../summaries/summary-ledger.ts";
import { createSummaryMemories } from "../summaries/summary-memories.ts";
import type { Records } from "./wire-records.ts";
import type { Sessions } from "./wire-sessions.ts";

/** Silent conversations, on their way into memory. */
export const wireSummaries = (
  { database, clock, ids, log }: CoreDeps,
  records: Records,
  { books, memories }: { books: MemoryBooks; memories: MemoryService },
  { side, sessions, holds }: Pick<Sessions, "side" | "sessions" | "holds">,
  accepting: () => boolean,
) => {
  const conversations = createSilentConversations(database);
  const ledger = createSummaryLedger({ database, clock });
  const summaryMemories = createSummaryMemories({ database, books, memories, conversations });
  return {
    memories: summaryMemories,
    summaries: createConversationSummaries({
      due: createDueSummaries({
        ...{ conversations, ledger, memories: summaryMemories, clock, gate: holds.gate },
        words: createConversationWords({ db: database.db, access: records.access }),
        policies: records.policies,
        chats: records.chats,
        isQuiet: (chatRef) => {
          const session = sessions.known(chatRef);
          return session === null || (session.headTurnId === null && session.waiting.length === 0);
        },
      }),
      ...{ side, ledger, memories: summaryMemories, storage: records.storage },
      ...{ database, clock, ids, log },
      hasPlace: () => {
        const { live, max, waitingForPlace, waitingForMemory } = sessions.load();
        return accepting() && live < max && waitingForPlace === 0 && waitingForMemory === 0;
      },
    }),
  };
};
