import { quoted, scopedMatch } from "@steward/schema/compile-query";
import { foldText } from "@steward/schema/segment-text";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { editDistance } from "./edit-distance.ts";
import { WORD } from "./find-marks.ts";
import { foldForComparison } from "./folded-text.ts";
import type { TextSearch } from "./full-text-list.ts";
import type { Corpus } from "./search-corpus.ts";

/** Only so many of the newest that have some of a word are ranked: everything has some. */
const RANKED_TRIGRAMS = 20_000;
/** So many texts are read to see whether they have the word that was meant. */
const READ = 100;
/** Up to so many messages of a chat, or memories, are all read: trigrams know nothing of scopes, nor of slips in short words. */
const SMALL_SCOPE = 3_000;
const SHORTEST = 4;
/** From this length on two slips are forgiven. */
const LONG = 8;

type Connection = OpenDatabase["sqlite"];

/** What is written in plain letters was meant in plain letters, and these are found much sooner. */
const PLAIN_WORD = /[a-z0-9]+/g;
const isPlain = (word: string): boolean => /^[a-z0-9]+$/.test(word);

export interface FuzzyHit {
  id: number;
  /** As they stand in the text, folded. */
  words: Set<string>;
}

/**
 * Rows that have a word which differs by a slip of the pen or two from one of the query that stands nowhere in the scope,
 * best first.
 */
export const fuzzyList = (sqlite: Connection, { corpus, size, pieces, limit }: TextSearch): FuzzyHit[] => {
  const words = pieces.flatMap(({ kind, text }) => (kind === "word" ? [text] : []));
  // A number with another digit is another number.
  const doubtful = words.filter(
    (word) => word.length >= SHORTEST && !/\d/.test(word) && !standsIn(sqlite, corpus, word),
  );
  if (doubtful.length === 0) return [];
  const meant = doubtful.map(foldForComparison);
  const others = words.filter((word) => !doubtful.includes(word)).map(foldForComparison);
  const nearest = createNearest(meant);
  return candidates(sqlite, corpus, size, doubtful)
    .flatMap(({ id, text }, place) => {
      const there = new Set(foldForComparison(text).match(words.every(isPlain) ? PLAIN_WORD : WORD));
      const near = nearest(there);
      if (near.length === 0) return [];
      const score = near.length + others.filter((word) => there.has(word)).length;
      const slips = near.reduce((sum, { distance }) => sum + distance, 0);
      return [{ id, words: new Set(near.map(({ word }) => word)), score, slips, place }];
    })
    .sort((a, b) => b.score - a.score || a.slips - b.slips || a.place - b.place)
    .slice(0, limit);
};

const standsIn = (sqlite: Connection, corpus: Corpus, word: string): boolean => {
  const table = `${corpus.kind}_text`;
  return (
    sqlite
      .prepare(`SELECT 1 FROM ${table} WHERE ${table} MATCH ? LIMIT 1`)
      .get(scopedMatch(quoted(word), corpus.tokens)) !== undefined
  );
};

/** Texts that may have what was meant, the likeliest first. */
const candidates = (
  sqlite: Connection,
  corpus: Corpus,
  size: number,
  doubtful: readonly string[],
): { id: number; text: string }[] => {
  const text = corpus.kind === "memory" ? "m.key || ' ' || m.content" : "m.content";
  if (size <= SMALL_SCOPE) return textsOf(sqlite, corpus, text);
  const table = `${corpus.kind}_trigrams`;
  return sqlite
    .prepare(
      `SELECT id, text FROM (
         SELECT m.id AS id, ${text} AS text, bm25(${table}) AS badness
         FROM ${table} CROSS JOIN ${corpus.table} m ON m.id = ${table}.rowid
         WHERE ${table} MATCH @match AND ${corpus.where} ORDER BY ${table}.rowid DESC LIMIT ${RANKED_TRIGRAMS}
       ) ORDER BY badness LIMIT ${READ}`,
    )
    .all({ ...corpus.values, match: [...new Set(doubtful.flatMap(grams))].map(quoted).join(" OR ") }) as {
    id: number;
    text: string;
  }[];
};

const textsOf = (sqlite: Connection, corpus: Corpus, text: string): { id: number; text: string }[] =>
  sqlite
    .prepare(
      `SELECT m.id AS id, ${text} AS text FROM ${corpus.table} m WHERE ${corpus.where} ORDER BY m.id DESC`,
    )
    .all(corpus.values) as { id: number; text: string }[];

/**
 * Pieces of a word of which one is left whole by any one slip: of its two halves, without the two letters that a swap
 * would touch, the longer one at least.
 */
const grams = (word: string): string[] => {
  const characters = [...foldText(word)];
  const size = Math.min(5, Math.max(3, Math.floor((characters.length - 2) / 2)));
  return characters
    .slice(0, Math.max(1, characters.length - size + 1))
    .map((_, i) => characters.slice(i, i + size).join(""));
};

interface Near {
  word: string;
  distance: number;
}

/** For each word that was meant the one of a text that is near enough. Texts share most of their words: each is judged once. */
const createNearest = (meant: readonly string[]) => {
  const judges = meant.map((word) => {
    const most = word.length >= LONG ? 2 : 1;
    const known = new Map<string, number>();
    return (candidate: string): number => {
      let distance = known.get(candidate);
      if (distance === undefined) {
        distance = candidate.includes(word) ? 0.5 : editDistance(word, candidate, most);
        known.set(candidate, distance);
      }
      return distance;
    };
  });
  return (there: ReadonlySet<string>): Near[] =>
    judges.flatMap((judge) => {
      let best: Near | null = null;
      for (const word of there) {
        const distance = judge(word);
        if (distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { word, distance };
      }
      return best === null ? [] : [best];
    });
};
