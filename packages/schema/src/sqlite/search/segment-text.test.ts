import fc from "fast-check";
import { expect, test } from "vitest";
import { openTestDatabase } from "../open-test-database.ts";
import { compileQuery, scopedMatch } from "./compile-query.ts";
import { createSearchTables } from "./search-tables.ts";
import { segmentText } from "./segment-text.ts";
import { createTextIndex } from "./text-index.ts";

/** A full-text table, and beside it the same texts to be looked through one by one. */
const index = (texts: readonly string[]) => {
  const { sqlite, close } = openTestDatabase();
  createSearchTables(sqlite);
  sqlite.exec("CREATE TABLE plain (id INTEGER PRIMARY KEY, body TEXT)");
  const text = createTextIndex(sqlite);
  texts.forEach((body, i) => {
    text.put("message", i + 1, body, "b1 c1");
    sqlite.prepare("INSERT INTO plain VALUES (?, ?)").run(i + 1, body);
  });
  const ids = (rows: unknown[]) => (rows as { id: number }[]).map(({ id }) => id);
  return {
    close,
    found: (query: string) => {
      const compiled = compileQuery(query);
      if (!compiled) return [];
      const match = scopedMatch(compiled.all, ["c1"]);
      return ids(
        sqlite
          .prepare("SELECT rowid AS id FROM message_text WHERE message_text MATCH ? ORDER BY 1")
          .all(match),
      );
    },
    like: (...parts: string[]) => {
      const where = parts.map(() => "body LIKE '%' || ? || '%'").join(" AND ");
      return ids(sqlite.prepare(`SELECT id FROM plain WHERE ${where} ORDER BY 1`).all(...parts));
    },
  };
};

const HAN = [..."数据库的内核文件无法打开查询语言𠮷野家"];
const KANA = [..."設定ファイルを開けないのでーす々"];
const HANGUL = [..."한국어데이터베이스"];
const WORDS = ["file", "wal", "index", "open", "kernel"];
const SEPARATORS = [" ", "，", "。", "\n", "-", "(", "「"];

test("runs of characters without spaces become overlapping pairs and the last character", () => {
  expect(segmentText("数据库 OK").trim().split(/\s+/)).toEqual(["数据", "据库", "库", "ok"]);
  expect(segmentText("ﾃﾞｰﾀ").trim()).toBe("デー ータ タ");
});

test("Han, kana and Hangul of one character and more are found where LIKE finds them", () => {
  const character = fc.constantFrom(...HAN, ...KANA, ...HANGUL);
  const part = fc.oneof(
    { weight: 5, arbitrary: character },
    { weight: 1, arbitrary: fc.constantFrom(...WORDS, ...SEPARATORS) },
  );
  const text = fc.array(part, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(""));
  const query = fc.array(character, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(""));
  const within = (body: string): string[] =>
    [...body.matchAll(/[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}ー]+/gu)].flatMap(([run]) => {
      const characters = [...run];
      return characters.map((_, i) => characters.slice(i, i + 1 + (i % 4)).join(""));
    });
  let hits = 0;
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 25 }),
      fc.array(query, { minLength: 4, maxLength: 10 }),
      (texts, queries) => {
        const { found, like, close } = index(texts);
        for (const wanted of [...queries, ...texts.flatMap(within)]) {
          const expected = like(wanted);
          hits += expected.length;
          expect(found(wanted), wanted).toEqual(expected);
        }
        close();
      },
    ),
    { numRuns: 60 },
  );
  expect(hits).toBeGreaterThan(2_000);
});

test("words of several languages side by side must all be there", () => {
  const texts = ["无法打开 the file", "file", "无法打开", "设置 file 无法 x", "profile 无法", "無法 file"];
  const { found, like } = index(texts);
  expect(found("无法 file")).toEqual(like("无法", " file"));
  expect(found("无法file")).toEqual([1, 4]);
  expect(found("打开 FILE")).toEqual([1]);
});

test("words that say nothing are left out, unless there is nothing else", () => {
  const { found } = index(["the cat", "a dog", "to be or not to be", "cat food"]);
  expect(found("the cat of")).toEqual([1, 4]);
  expect(found("to be")).toEqual([3]);
});

test("accents, width and case make no difference, and word forms little", () => {
  const { found } = index(["Das Café in Zürich", "ＦＵＬＬ width", "the tests were running"]);
  expect([found("cafe"), found("ZURICH"), found("full"), found("ｗｉｄｔｈ"), found("run test")]).toEqual([
    [1],
    [1],
    [2],
    [2],
    [3],
  ]);
});

test("nothing that is written is syntax", () => {
  const { found } = index([
    "c plus plus",
    'say "hi" twice',
    "drop table messages",
    "foo bar",
    "near and far",
  ]);
  for (const text of [
    "c++",
    '"',
    '""',
    "a AND",
    "NEAR(",
    "body:x",
    "x*",
    "'; DROP TABLE",
    "-foo",
    "^bar",
    "(",
    "{a}:b",
    "\u0000x",
    "😀",
    "",
  ]) {
    expect(() => found(text)).not.toThrow();
  }
  expect(found("foo-bar")).toEqual([4]);
  expect(found("AND")).toEqual([5]);
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 30 }), (text) => {
      found(text);
    }),
    { numRuns: 300 },
  );
});

test("emoji and signs alone are no query, and a long one is cut", () => {
  expect(compileQuery("🙂 !? --")).toBeNull();
  expect(compileQuery("w1 ".repeat(40_000))?.all).toBe('"w1"');
  const { found } = index(["x"]);
  expect(found(Array.from({ length: 9_000 }, (_, i) => `word${i}`).join(" "))).toEqual([]);
});

test("thousands of chats can be named in one search", () => {
  const { sqlite } = openTestDatabase();
  createSearchTables(sqlite);
  createTextIndex(sqlite).put("message", 1, "hello", "b1 c4999");
  const match = scopedMatch(
    '"hello"',
    Array.from({ length: 5_000 }, (_, i) => `c${i}`),
  );
  expect(sqlite.prepare("SELECT rowid FROM message_text WHERE message_text MATCH ?").all(match)).toHaveLength(
    1,
  );
});
