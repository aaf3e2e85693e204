import { scopedMatch } from "@steward/schema/compile-query";
import type { TextPiece } from "@steward/schema/segment-text";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { Corpus } from "./search-corpus.ts";
import { weighTexts } from "./weigh-texts.ts";

/** Only so many of the newest matches are ranked: ranking all matches of common words takes half a second at a million. */
export const RANKED = 5_000;
/** With fewer texts that have all of it, those that have some of it are shown as well. */
const ENOUGH = 10;
/** Of a chat so many of the newest: more than are ever listed, and a rare word has no more. */
const WEIGHED = 500;
/** Of a text that is longer its beginning is weighed, so that a chat of whole books does not take longer than any other. */
const WEIGHED_CHARACTERS = 10_000;

/** What a text list goes by. */
export interface TextSearch {
  corpus: Corpus;
  /** Of the corpus, as `scopeSize` counts it. */
  size: number;
  /** What is looked for, folded, in order. */
  pieces: readonly TextPiece[];
  /** How many are listed. */
  limit: number;
}

/**
 * Ids of the rows that have all of it, best first (BM25), the scope's part without weight; behind them, when these are few,
 * of those that have some of it.
 */
export const fullTextList = (
  sqlite: OpenDatabase["sqlite"],
  search: TextSearch,
  { all, any }: { all: string; any: string | null },
): number[] => {
  const { corpus, size } = search;
  const isSmallChat = corpus.kind === "message" && size <= RANKED;
  const find = (expression: string): number[] =>
    isSmallChat ? idsOfChat(sqlite, corpus, expression) : rankedIds(sqlite, search, expression);
  const whole = find(all);
  const partly = whole.length < ENOUGH && any !== null ? find(any) : [];
  const known = new Set(whole);
  const rest = partly.filter((id) => !known.has(id));
  return isSmallChat ? weighed(sqlite, search, whole, rest) : [...whole, ...rest];
};

const rankedIds = (
  sqlite: OpenDatabase["sqlite"],
  { corpus, limit }: TextSearch,
  expression: string,
): number[] => {
  const table = `${corpus.kind}_text`;
  const rows = sqlite
    .prepare(
      `SELECT id FROM (
         SELECT ${table}.rowid AS id, bm25(${table}, 1.0, 0.0) AS badness ${matching(corpus)}
         ORDER BY ${table}.rowid DESC LIMIT ${RANKED}
       ) ORDER BY badness, id DESC LIMIT @limit`,
    )
    .all({ ...corpus.values, match: scopedMatch(expression, corpus.tokens), limit });
  return (rows as { id: number }[]).map(({ id }) => id);
};

/**
 * In a chat the index only finds, in the order it is stored in, without what would take most of the time there: FTS5's own
 * bm25 first counts each word through all chats, and it reads backwards three times as slowly.
 */
const idsOfChat = (sqlite: OpenDatabase["sqlite"], corpus: Corpus, expression: string): number[] => {
  const rows = sqlite
    .prepare(`SELECT message_text.rowid AS id ${matching(corpus)}`)
    .all({ ...corpus.values, match: scopedMatch(expression, corpus.tokens) }) as { id: number }[];
  return rows.slice(-WEIGHED).map(({ id }) => id);
};

/** What was found in a chat, weighed by its texts. */
const weighed = (
  sqlite: OpenDatabase["sqlite"],
  { pieces, size, limit }: TextSearch,
  whole: readonly number[],
  partly: readonly number[],
): number[] => {
  const texts = sqlite
    .prepare(
      `SELECT m.id AS id, substr(m.content, 1, ${WEIGHED_CHARACTERS}) AS text
       FROM json_each(?) c CROSS JOIN chat_messages m ON m.id = c.value`,
    )
    .all(JSON.stringify([...whole, ...partly])) as { id: number; text: string }[];
  const best = weighTexts(texts, pieces, size);
  const isWhole = new Set(whole);
  const have = (wanted: boolean): number[] => best.filter((id) => isWhole.has(id) === wanted).slice(0, limit);
  return [...have(true), ...have(false)];
};

const matching = ({ kind, table, filter }: Corpus): string =>
  `FROM ${kind}_text ${filter === null ? "" : `CROSS JOIN ${table} m ON m.id = ${kind}_text.rowid`}
   WHERE ${kind}_text MATCH @match ${filter === null ? "" : `AND ${filter}`}`;
