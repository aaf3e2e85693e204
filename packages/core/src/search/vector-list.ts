import { bitTablesOf } from "@steward/schema/search-tables";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { Corpus } from "./search-corpus.ts";
import type { QueryVector } from "./search-request.ts";

/** Up to so many vectors are all compared, which loses nothing; within a chat, where a first cut would take as long, more. */
const EXACT_ROWS = 16_000;
const EXACT_ROWS_OF_CHAT = 20_000;
/** Taken by their signs for each row that is wanted: more cost time, fewer lose hits (recall .94 at a million with 8). */
const OVERSAMPLING = 8;
const LEAST_COARSE = 80;
/** Of each row that is listed so many pieces are sorted at first. */
const PIECES = 4;
const NO_LIMIT = -1;
/** The extension's own limit. */
const MOST_COARSE = 4_096;

export interface VectorHit {
  id: number;
  /** Of its nearest piece: cosine, 0 to 2. */
  distance: number;
}

type Connection = OpenDatabase["sqlite"];

/**
 * The rows nearest to a question, nearest first; null when there are no vectors of its model.
 *
 * @param wanted how many are to be right, @param limit how many are listed
 */
export const vectorList = (
  sqlite: Connection,
  corpus: Corpus,
  vector: QueryVector,
  wanted: number,
  limit: number,
): VectorHit[] | null => {
  const known = sqlite
    .prepare("SELECT id FROM embedding_models WHERE name = ? AND dims = ?")
    .get(vector.model, vector.dims) as { id: number } | undefined;
  if (!known) return null;
  const values = { ...corpus.values, model: known.id, question: bytes(vector.int8), limit };
  if (corpus.kind === "memory") return nearest(sqlite, corpus, "memory_vectors v", "1", values);
  const chats = corpus.chats ?? (corpus.bot === null ? null : chatsOf(sqlite, corpus.bot));
  const most = corpus.chats === null ? EXACT_ROWS : EXACT_ROWS_OF_CHAT;
  if (vectorsIn(sqlite, known.id, chats, most) <= most) {
    // By the index it would take half as long again, and of other models there are no more vectors than of this one.
    if (chats === null) return nearest(sqlite, corpus, "message_vectors v NOT INDEXED", "1", values);
    const inChats = "v.chat IN (SELECT value FROM json_each(@chats))";
    return nearest(sqlite, corpus, "message_vectors v", inChats, { ...values, chats: JSON.stringify(chats) });
  }
  const coarse = coarseRows(sqlite, corpus, known.id, vector.bits, wanted);
  const ids = JSON.stringify(coarse);
  return nearest(sqlite, corpus, "json_each(@ids) c CROSS JOIN message_vectors v ON v.id = c.value", "1", {
    ...values,
    ids,
  });
};

/** Compares everything in `from`; a row counts by its nearest piece. What left the scope since is dropped with the rows. */
const nearest = (
  sqlite: Connection,
  corpus: Corpus,
  from: string,
  within: string,
  { limit, ...values }: Record<string, unknown> & { limit: number },
): VectorHit[] => {
  const { filter, kind, table } = corpus;
  const join = filter === null ? "" : `CROSS JOIN ${table} m ON m.id = v.${kind}_id`;
  const select = sqlite.prepare(
    `SELECT v.${kind}_id AS id, vec_distance_cosine(vec_int8(v.e), vec_int8(@question)) AS distance
     FROM ${from} ${join} WHERE v.model = @model AND ${within} AND ${filter ?? "1"} ORDER BY distance LIMIT @most`,
  );
  // To sort only some is quicker; seldom are they pieces of fewer rows than are wanted.
  for (let most = limit * PIECES; ; most = NO_LIMIT) {
    const pieces = select.all({ ...values, most }) as VectorHit[];
    const best = new Map<number, VectorHit>();
    for (const piece of pieces) if (!best.has(piece.id)) best.set(piece.id, piece);
    if (best.size >= limit || pieces.length !== most) return [...best.values()].slice(0, limit);
  }
};

const bytes = ({ buffer, byteOffset, byteLength }: Int8Array | Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

const chatsOf = (sqlite: Connection, bot: number): number[] =>
  (sqlite.prepare("SELECT id FROM search_chats WHERE bot = ?").all(bot) as { id: number }[]).map(
    ({ id }) => id,
  );

/** How many there are, counted no further than it matters. */
const vectorsIn = (
  sqlite: Connection,
  model: number,
  chats: readonly number[] | null,
  most: number,
): number => {
  const where = chats === null ? "" : "AND chat IN (SELECT value FROM json_each(@chats))";
  const { n } = sqlite
    .prepare(
      `SELECT count(*) AS n FROM (SELECT 1 FROM message_vectors WHERE model = @model ${where} LIMIT ${most + 1})`,
    )
    .get({ model, ...(chats && { chats: JSON.stringify(chats) }) }) as { n: number };
  return n;
};

/** The vectors whose signs differ least, narrowed inside the search by all that the scope and the filters say. */
const coarseRows = (
  sqlite: Connection,
  corpus: Corpus,
  model: number,
  bits: Uint8Array,
  wanted: number,
): number[] => {
  const { role, source, from, to } = corpus.search;
  const conditions: string[] = [];
  const values: Record<string, unknown> = {
    bits: bytes(bits),
    k: BigInt(Math.min(MOST_COARSE, Math.max(LEAST_COARSE, wanted * OVERSAMPLING))),
  };
  const narrow = (condition: string, name: string, value: number | undefined): void => {
    if (value === undefined) return;
    conditions.push(condition);
    values[name] = BigInt(value);
  };
  narrow("bot = @bot", "bot", corpus.bot ?? undefined);
  const [chat, ...more] = corpus.chats ?? [];
  if (chat !== undefined && more.length === 0) narrow("chat = @chat", "chat", chat);
  else if (chat !== undefined)
    conditions.push(`chat IN (${[chat, ...more].map((id) => Math.trunc(id)).join(", ")})`);
  narrow("role = @role", "role", role === undefined ? undefined : role === "user" ? 0 : 1);
  narrow("at >= @from", "from", from === undefined ? undefined : Math.floor(from / 1_000));
  narrow("at <= @to", "to", to === undefined ? undefined : Math.floor(to / 1_000));
  if (source !== undefined) {
    // The signs know nothing of sources. Rarely asked for, and slow with very many messages, but nothing is lost.
    conditions.push(
      "id IN (SELECT v.id FROM message_vectors v JOIN chat_messages m ON m.id = v.message_id WHERE v.model = @model AND m.source = @source)",
    );
    Object.assign(values, { model, source });
  }
  // While vectors are being gathered some have their signs in another table. All that any of them says is compared.
  return bitTablesOf(sqlite, model).flatMap((table) => {
    const rows = sqlite
      .prepare(
        `SELECT id FROM ${table} WHERE e MATCH vec_bit(@bits) AND k = @k ${conditions.map((text) => `AND ${text}`).join(" ")}`,
      )
      .all(values) as { id: number }[];
    return rows.map(({ id }) => id);
  });
};
