import { expect, test } from "vitest";
import { openTestDatabase } from "../open-test-database.ts";
import { quantize, signBits } from "./quantize.ts";
import { bitTable, createBitTable, createSearchTables, loadVectors } from "./search-tables.ts";

const open = () => openTestDatabase().sqlite;
const MESSAGE =
  "INSERT INTO chat_messages (session_id, bot_id, role, content, source, created_at) VALUES ('s', 'b', 'user', 'x', 't', 1)";
const MEMORY =
  "INSERT INTO memories (key, content, origin, created_at, updated_at) VALUES ('k', 'x', 'person', 1, 1)";
const queued = (sqlite: ReturnType<typeof open>) =>
  sqlite.prepare("SELECT kind, ref, revision FROM search_queue ORDER BY kind DESC").all();

test("every way of writing a message or a memory leaves it to be indexed", () => {
  const sqlite = open();
  sqlite.exec(`${MESSAGE}; ${MEMORY}`);
  expect(queued(sqlite)).toEqual([
    { kind: "message", ref: 1, revision: 1 },
    { kind: "memory", ref: 1, revision: 1 },
  ]);
  sqlite.exec("UPDATE chat_messages SET session_id = 'other'; UPDATE memories SET content = 'y'");
  expect(queued(sqlite)).toMatchObject([{ revision: 2 }, { revision: 2 }]);
  sqlite.exec("DELETE FROM search_queue; UPDATE memories SET pinned = 1");
  expect(queued(sqlite)).toEqual([]);
  sqlite.exec("DELETE FROM chat_messages; DELETE FROM memories");
  expect(queued(sqlite)).toMatchObject([{ kind: "message" }, { kind: "memory" }]);
});

test("the tables are made once, and a model's own with its length", () => {
  const sqlite = open();
  expect(loadVectors(sqlite)).toBeNull();
  createSearchTables(sqlite);
  createSearchTables(sqlite);
  createBitTable(sqlite, 1, 16);
  createBitTable(sqlite, 1, 16);
  const insert = sqlite.prepare(
    `INSERT INTO ${bitTable(1)} (id, e, chat, bot, role, at) VALUES (?, vec_bit(?), 1, 1, 0, 1)`,
  );
  insert.run(1n, signBits(new Float32Array(16).fill(1)));
  expect(() => insert.run(2n, signBits(new Float32Array(8).fill(1)))).toThrow(/dimension/i);
});

test("the bits are the extension's own", () => {
  const sqlite = open();
  loadVectors(sqlite);
  const vector = Float32Array.from({ length: 24 }, (_, i) => Math.sin(i * 7));
  const { bits } = sqlite.prepare("SELECT vec_quantize_binary(?) AS bits").get(vector) as { bits: Buffer };
  expect([...signBits(vector)]).toEqual([...bits]);
});

test("a vector is scaled to the whole range of a byte, and its direction stays", () => {
  expect([...quantize(Float32Array.of(0.5, -0.25, 0))]).toEqual([127, -63, 0]);
  expect(() => quantize(Float32Array.of(0, 0))).toThrow(RangeError);
  expect(() => quantize(Float32Array.of(1, Number.NaN))).toThrow(RangeError);
});
