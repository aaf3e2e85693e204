import type { CoreDeps } from "../core-deps.ts";
import type { MemoryBooks } from "../memory/memory-books.ts";
import type { MemoryService } from "../memory/memory-service.ts";
import { createConversationSummaries } from "../summaries/conversation-summaries.ts";
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
  const conversations = createSilentConversations({ database, access: records.access });
  const summaryMemories = createSummaryMemories({ database, books, memories, conversations });
  return {
    memories: summaryMemories,
    summaries: createConversationSummaries({
      ...{ side, conversations, database, clock, ids, log },
      ledger: createSummaryLedger({ database, clock }),
      memories: summaryMemories,
      policies: records.policies,
      chats: records.chats,
      storage: records.storage,
      gate: holds.gate,
      isQuiet: (chatRef) => {
        const session = sessions.known(chatRef);
        return session === null || (session.headTurnId === null && session.waiting.length === 0);
      },
      hasPlace: () => {
        const { live, max, waitingForPlace, waitingForMemory } = sessions.load();
        return accepting() && live < max && waitingForPlace === 0 && waitingForMemory === 0;
      },
    }),
  };
};
