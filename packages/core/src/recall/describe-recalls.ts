import type { RecalledNote } from "@steward/contract/turn-history";
import type { Database } from "@steward/schema/sqlite";
import { chatMessages } from "@steward/schema/tables";
import { eq } from "drizzle-orm";
import type { Memory, MemoryService } from "../memory/memory-service.ts";
import type { RecallRepository, RecallRow } from "./recall-repository.ts";

/** What a turn was reminded of, with where each comes from and what has become of it since. */
export type DescribeRecalls = (turnId: string) => RecalledNote[];

export const createDescribeRecalls =
  (deps: {
    db: Database;
    recalls: Pick<RecallRepository, "of">;
    memories: Pick<MemoryService, "find">;
  }): DescribeRecalls =>
  (turnId) => {
    const saidAt = (messageId: number | null): number | null =>
      messageId === null
        ? null
        : (deps.db
            .select({ at: chatMessages.createdAt })
            .from(chatMessages)
            .where(eq(chatMessages.id, messageId))
            .get()?.at ?? null);
    return deps.recalls.of(turnId).map((row) => {
      const memory = row.memoryId === null ? null : deps.memories.find(row.memoryId);
      return {
        ...row,
        // What somebody has forgotten since is told of by its key alone.
        content: row.memoryId !== null && memory === null ? "" : row.content,
        now: row.memoryId === null ? null : stateOf(row, memory),
        origin: memory?.origin ?? null,
        userName: memory?.sourceUserName ?? null,
        messageId: memory?.sourceMessageId ?? null,
        turnId: memory?.sourceTurnId ?? null,
        at: memory && (saidAt(memory.sourceMessageId) ?? memory.createdAt),
      };
    });
  };

const stateOf = (row: RecallRow, memory: Memory | null): RecalledNote["now"] => {
  if (memory === null) return "forgotten";
  return memory.content === row.content && memory.key === row.key ? "same" : "changed";
};
