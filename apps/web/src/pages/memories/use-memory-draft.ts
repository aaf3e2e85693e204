import { useState } from "react";
import { z } from "zod";
import { dropKept, keep, readKept } from "../../ui/kept.ts";
import type { MemoryWords } from "./memory-words.ts";

/** What was begun, and on which state of the memory it stands. */
export interface MemoryDraft {
  words: MemoryWords;
  /** For whom a new one is; empty: nothing is chosen yet. */
  scope: string;
  /** What stood there, and since when (`updatedAt`); null for a new one. */
  base: { words: MemoryWords; updatedAt: number } | null;
}

const wordsSchema = z.object({
  key: z.string(),
  content: z.string(),
  category: z.string(),
  pinned: z.boolean(),
  lastDay: z.string(),
});
const draftSchema = z.object({
  words: wordsSchema,
  scope: z.string(),
  base: z.object({ words: wordsSchema, updatedAt: z.number() }).nullable(),
});
const nameOf = (of: number | "new"): string => `memory/${of}`;
const read = (of: number | "new"): MemoryDraft | null => readKept(nameOf(of), draftSchema);

export const hasDraft = (of: number | "new"): boolean => read(of) !== null;

/** What somebody writes, kept for this tab until it is saved or thrown away: a reload loses nothing. */
export const useMemoryDraft = (of: number | "new", initial: MemoryDraft) => {
  const [found] = useState(() => read(of));
  const [draft, setDraft] = useState(found ?? initial);
  return {
    draft,
    /** It was begun before this form was opened. */
    wasKept: found !== null,
    put: (next: Partial<MemoryDraft>) => {
      const whole = { ...draft, ...next };
      setDraft(whole);
      keep(nameOf(of), whole);
    },
    drop: () => dropKept(nameOf(of)),
  };
};
