import type { CoreDeps } from "../core-deps.ts";
import { createMemoryService } from "../memory/create-memory-service.ts";
import { createMemoryBooks } from "../memory/memory-books.ts";
import { createMemoryExpiry } from "../memory/memory-expiry.ts";
import { createMemoryFiles } from "../memory/memory-files.ts";
import { createMemoryMoves } from "../memory/memory-moves.ts";
import { createMemoryNotes } from "../memory/memory-notes.ts";
import { createMemoryRights } from "../memory/memory-rights.ts";
import { createMemorySayings } from "../memory/memory-sayings.ts";
import type { Records } from "./wire-records.ts";

/** What is remembered, and the ways in and out. */
export const wireMemory = ({ database, clock }: CoreDeps, records: Records) => {
  const books = createMemoryBooks({ database, hub: records.hub, clock });
  const memories = createMemoryService({ database, books });
  const rights = createMemoryRights(records);
  const notes = createMemoryNotes({ database, books, memories, rights });
  return {
    ...{ books, memories, rights, notes },
    files: createMemoryFiles({ database, books, memories }),
    sayings: createMemorySayings({ ...records, notes, memories }),
    move: createMemoryMoves(books),
    dropExpired: createMemoryExpiry({ rows: books.rows, memories, now: books.now }),
  };
};
