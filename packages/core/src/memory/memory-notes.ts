import type { OpenDatabase } from "@steward/schema/sqlite";
import type { MemoryBooks } from "./memory-books.ts";
import type { MemoryActor, MemoryRights } from "./memory-rights.ts";
import type { Memory, MemoryAuthor, MemoryChange, MemoryOwner, MemoryService } from "./memory-service.ts";
import { bareName, folded, keyOf, splitKey } from "./memory-words.ts";

export interface Remembered {
  /** `known`: it is there already. `proposed`: its key is taken, and a person decides between both. */
  outcome: "remembered" | "known" | "proposed";
  memory: Memory;
  change: MemoryChange | null;
  /** The one that has the key of a proposal. */
  existing: Memory | null;
}

export interface Forgotten {
  outcome: "forgotten" | "several" | "none";
  change: MemoryChange | null;
  candidates: Memory[];
}

/** Words of people about what is to be remembered and forgotten. Takes part in the transaction that is open, if one is. */
export interface MemoryNotes {
  /** `key: text`, or a text whose first words become the key. Throws what adding throws. */
  remember(owner: MemoryOwner, text: string, author: MemoryAuthor): Remembered;
  /** Only what this person may change is forgotten, and only when it is clear what they mean. */
  forget(chat: MemoryOwner, text: string, author: MemoryAuthor): Forgotten;
  /** The one memory that these words name: its key or its content, word for word; null: none, or more than one. */
  named(chat: MemoryOwner, words: string, userId: string | null): Memory | null;
}

/** As many as fit a screen with their buttons. */
const CANDIDATES = 10;

export const createMemoryNotes = (deps: {
  database: OpenDatabase;
  books: MemoryBooks;
  memories: MemoryService;
  rights: MemoryRights;
}): MemoryNotes => {
  const { database, books, memories, rights } = deps;
  const newest = (id: number): MemoryChange | null => memories.history(id)[0] ?? null;

  const changeable = (chat: MemoryOwner, userId: string | null): Memory[] => {
    const actor: MemoryActor = { chat, ...(userId !== null && { userId }) };
    return memories.list({ for: chat, withExpired: true }).filter((memory) => rights.writes(memory, actor));
  };

  const byName = (known: readonly Memory[], words: string): Memory[] => {
    const wanted = bareName(words);
    if (wanted === "") return [];
    const byKey = known.filter(({ key }) => bareName(key) === wanted);
    return byKey.length > 0 ? byKey : known.filter(({ content }) => bareName(content) === wanted);
  };

  /** All of these words stand in it, whole or begun. */
  const byWords = (known: readonly Memory[], words: string): Memory[] => {
    const wanted = folded(words).split(" ").filter(Boolean);
    if (wanted.length === 0) return [];
    return known.filter(({ key, content }) => {
      const text = ` ${folded(`${key} ${content}`)}`;
      return wanted.every((word) => text.includes(isSpaceless(word) ? word : ` ${word}`));
    });
  };

  return {
    remember: (owner, text, author) =>
      database.write(() => {
        const named = splitKey(text);
        const content = named?.content ?? text.trim();
        const same = memories
          .list({ of: owner, state: "accepted" })
          .find((memory) => memory.content === content && (named === null || memory.key === named.key));
        if (same) return { outcome: "known", memory: same, change: null, existing: null };
        const key = named?.key ?? books.freeKey(owner, keyOf(content));
        const existing = books.rows.holderOf(owner, key);
        const state = existing ? ("proposed" as const) : ("accepted" as const);
        const memory = memories.add({ ...owner, key, content, state }, author);
        const outcome = existing ? "proposed" : "remembered";
        return { outcome, memory, change: newest(memory.id), existing };
      }),
    forget: (chat, text, author) =>
      database.write(() => {
        const known = changeable(chat, author.userId);
        const number = /^#?(\d{1,15})$/.exec(text.trim())?.[1];
        const numbered = known.filter(({ id }) => id === Number(number));
        const exact = numbered.length > 0 ? numbered : byName(known, text);
        const found = exact.length > 0 ? exact : byWords(known, text);
        const [only, ...others] = found;
        if (!only) return { outcome: "none", change: null, candidates: [] };
        if (others.length > 0)
          return { outcome: "several", change: null, candidates: found.slice(0, CANDIDATES) };
        return { outcome: "forgotten", change: memories.remove(only.id, author), candidates: [only] };
      }),
    named: (chat, words, userId) => {
      const [only, ...others] = byName(changeable(chat, userId), words);
      return only && others.length === 0 ? only : null;
    },
  };
};

/** Chinese and Japanese are written without spaces: their words begin anywhere. */
const isSpaceless = (word: string): boolean =>
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word);
