import type { CoreDeps } from "../core-deps.ts";
import { createMemoryService } from "../memory/create-memory-service.ts";
import { createMemoryBooks } from "../memory/memory-books.ts";
import { createMemoryExpiry } from "../memory/memory-expiry.ts";
import { createMemoryMoves } from "../memory/memory-moves.ts";
import { createMemoryRights } from "../memory/memory-rights.ts";
import type { Records } from "./wire-records.ts";

export type MemoryRooms = ReturnType<typeof wireMemory>;

/** What is remembered. */
export const wireMemory = ({ database, clock }: CoreDeps, { access }: Records) => {
  const books = createMemoryBooks({ database, clock });
  const memories = createMemoryService({ database, books });
  return {
    memories,
    rights: createMemoryRights({ access }),
    move: createMemoryMoves(books),
    dropExpired: createMemoryExpiry({ rows: books.rows, memories, now: books.now }),
  };
};
