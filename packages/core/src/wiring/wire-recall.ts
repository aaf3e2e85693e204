import type { CoreDeps } from "../core-deps.ts";
import type { MemoryService } from "../memory/memory-service.ts";
import { createAgentAccess } from "../recall/agent-access.ts";
import { createAgentDesk } from "../recall/agent-desk.ts";
import { createAgentMemory } from "../recall/agent-memory.ts";
import { createTurnRecall } from "../recall/turn-recall.ts";
import type { SearchService } from "../search/search-service.ts";
import type { SessionManager } from "../sessions/session-manager.ts";
import type { Records } from "./wire-records.ts";

export type Recall = ReturnType<typeof wireRecall>;

/** What is remembered, on its way into turns, and the tools by which agents come at it. */
export const wireRecall = (
  { ids, clock, log, sharedContext = null }: CoreDeps,
  records: Records,
  { memories, search }: { memories: MemoryService; search: SearchService },
) => {
  const keys = createAgentAccess({ ids });
  const memoryFor = createAgentMemory({ memories, search, clock });
  return {
    keys,
    recall: createTurnRecall({ ...records, memories, search, sharedContext, clock, log }),
    desk: (sessions: Pick<SessionManager, "known">) =>
      createAgentDesk({ ...records, keys, memoryFor, sessions }),
  };
};
