import { MEMORY_LIMITS } from "@steward/contract/memory-limits";
import type { MemoryRecord } from "@steward/contract/memory-records";
import { startOfDay } from "../search/days.ts";

/** What a person writes about a memory, as it stands in the form. */
export interface MemoryWords {
  key: string;
  content: string;
  category: string;
  pinned: boolean;
  /** The last day on which it is recalled, `2026-11-22`; empty: it stays. */
  lastDay: string;
}

export const NO_WORDS: MemoryWords = { key: "", content: "", category: "", pinned: false, lastDay: "" };

const twoDigits = (value: number): string => String(value).padStart(2, "0");

export const wordsOf = ({ key, content, category, pinned, expiresAt }: MemoryRecord): MemoryWords => {
  // It holds until a moment: the day before it, where that is a midnight.
  const last = expiresAt === null ? null : new Date(expiresAt - 1);
  const day = last && [last.getFullYear(), twoDigits(last.getMonth() + 1), twoDigits(last.getDate())];
  return { key, content, category, pinned, lastDay: day ? day.join("-") : "" };
};

export type WordsProblem = "missing" | "too_long" | "no_day" | "past_day";

/** What is wrong with it, by field. */
export const problemsOf = (
  words: MemoryWords,
  now: number,
): Partial<Record<"key" | "content" | "category" | "lastDay", WordsProblem>> => {
  const { key, content, category, lastDay } = words;
  const end = startOfDay(lastDay, 1);
  const ofText = (text: string, limit: number): WordsProblem | undefined =>
    text.trim() === "" ? "missing" : text.trim().length > limit ? "too_long" : undefined;
  const found = {
    key: ofText(key, MEMORY_LIMITS.key),
    content: ofText(content, MEMORY_LIMITS.content),
    // Left out, it is a general one.
    category: category.trim().length > MEMORY_LIMITS.category ? ("too_long" as const) : undefined,
    lastDay:
      lastDay === ""
        ? undefined
        : end === null
          ? ("no_day" as const)
          : end <= now
            ? ("past_day" as const)
            : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== undefined));
};

/** As the API takes it. */
export const readWords = ({ key, content, category, pinned, lastDay }: MemoryWords) => ({
  key: key.trim(),
  content: content.trim(),
  category: category.trim() || "general",
  pinned,
  expiresAt: startOfDay(lastDay, 1),
});

/** Only what is other than before: what somebody else changes meanwhile elsewhere in it stays theirs. */
export const changesOf = (words: MemoryWords, was: MemoryWords) => {
  const [now, before] = [readWords(words), readWords(was)];
  return {
    ...(now.key !== before.key && { key: now.key }),
    ...(now.content !== before.content && { content: now.content }),
    ...(now.category !== before.category && { category: now.category }),
    ...(now.pinned !== before.pinned && { pinned: now.pinned }),
    // A time of day that nobody has touched is kept.
    ...(words.lastDay !== was.lastDay && { expiresAt: now.expiresAt }),
  };
};
