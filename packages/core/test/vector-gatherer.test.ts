import { earlierBitTable } from "@steward/schema/search-tables";
import { expect, test } from "vitest";
import { type EmbeddingRig, startEmbedding } from "./embedding-rig.ts";
import { createFakeEmbedder } from "./fake-embedder.ts";
import { scatterVectors } from "./scatter-vectors.ts";

const MODEL = { id: 1, dims: 16 };
const CHATS = ["gw-b-1", "gw-b-2", "gw-b-3"];

/** What an earlier version left: 120 messages of three chats by turns, one of them of several pieces. */
const startScattered = async () => {
  const embedder = createFakeEmbedder("one", MODEL.dims);
  const before = await startEmbedding([embedder]);
  for (let i = 0; i < 120; i += 1) before.say(`message ${i}`, CHATS[i % 3]);
  before.say("A sentence of some length, and then another. ".repeat(200));
  await before.settle();
  await before.pipeline.stop();
  scatterVectors(before.database, MODEL);
  expect(scattered(before)).toBeGreaterThan(120);
  return { embedder, before };
};
const scattered = ({ all }: EmbeddingRig): number =>
  all("SELECT 1 FROM message_vectors WHERE id < 4294967296").length;
/** The chats of the vectors in the order they stand in. */
const neighbours = ({ all }: EmbeddingRig): number[] =>
  all<{ chat: number }>("SELECT chat FROM message_vectors ORDER BY id").map(({ chat }) => chat);

test("new vectors stand beside those of their chat", async () => {
  const rig = await startEmbedding([createFakeEmbedder("one")]);
  for (let i = 0; i < 30; i += 1) rig.say(`message ${i}`, CHATS[i % 3]);
  await rig.settle();
  rig.say("another", CHATS[0]);
  await rig.settle();
  expect(neighbours(rig)).toEqual([...neighbours(rig)].sort((a, b) => a - b));
  expect(new Set(neighbours(rig)).size).toBe(3);
});

test("vectors of an earlier version are brought together, nothing is embedded again, what changes meanwhile is kept up", async () => {
  const { before, embedder } = await startScattered();
  const asked = embedder.requests.flat().length;
  const rig = await before.reboot();
  rig.run("UPDATE chat_messages SET content = 'changed' WHERE id = 1");
  rig.run("DELETE FROM chat_messages WHERE id = 2");
  rig.say("new", CHATS[1]);
  await rig.settle();
  expect(rig.differences()).toEqual([]);
  expect([scattered(rig), embedder.requests.flat().length - asked]).toEqual([0, 2]);
  expect(neighbours(rig)).toEqual([...neighbours(rig)].sort((a, b) => a - b));
  expect(rig.all(`SELECT 1 FROM sqlite_master WHERE name = '${earlierBitTable(MODEL.id)}'`)).toEqual([]);
});

test("it is done in small commits, and a restart goes on where it was", async () => {
  const { before } = await startScattered();
  const all = scattered(before);
  const first = await before.reboot();
  await first.clock.advance(1);
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
  const left = scattered(first);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(all);
  const second = await first.reboot();
  await second.settle();
  expect([scattered(second), second.differences()]).toEqual([0, []]);
});
