import { expect, test } from "vitest";
import { previewImport, readMemoryFile } from "./import-preview.ts";

const file = (memories: object[]) => JSON.stringify({ format: "steward-memories-1", memories });
const read = (memories: object[]) => {
  const found = readMemoryFile(file(memories));
  if (found.is !== "file") throw new Error(found.at);
  return found.memories;
};

test("what is no file of memories is told, and where", () => {
  expect(readMemoryFile("{")).toMatchObject({ problem: "not_json" });
  expect(readMemoryFile('{"format":"other"}')).toMatchObject({ problem: "not_memories" });
  expect(readMemoryFile(file([{ key: "a", content: "b" }, { key: "c" }]))).toMatchObject({
    problem: "not_memories",
    at: expect.stringContaining("memories.1.content") as string,
  });
  expect(readMemoryFile(file([]))).toMatchObject({ problem: "empty" });
  expect(readMemoryFile(`\uFEFF${file([{ key: "a", content: "b" }])}`)).toMatchObject({ is: "file" });
});

test("a key is taken within its scope, by one that is accepted, also by one of the same file", () => {
  const present = read([
    { key: "a", content: "1", botId: "b" },
    { key: "p", content: "1", botId: "b", state: "proposed" },
  ]);
  const wanted = read([
    { key: "a", content: "2", botId: "b" },
    { key: "a", content: "2" },
    { key: "p", content: "2", botId: "b" },
    { key: "p", content: "3", botId: "b" },
    { key: "a", content: "4", botId: "b", state: "proposed" },
  ]);
  expect(previewImport(wanted, present, { onTaken: "skip", of: null })).toEqual({
    ...{ added: 3, replaced: 0, skipped: 2 },
  });
  expect(previewImport(wanted, present, { onTaken: "replace", of: null })).toEqual({
    ...{ added: 3, replaced: 2, skipped: 0 },
  });
  const of = { botId: "c", chatId: "7" };
  expect(previewImport(wanted, present, { onTaken: "skip", of })).toEqual({
    ...{ added: 3, replaced: 0, skipped: 2 },
  });
});
