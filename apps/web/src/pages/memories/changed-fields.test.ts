import type { MemoryChangeRecord, MemoryRecord } from "@steward/contract/memory-records";
import { expect, test } from "vitest";
import { canUndo, changedFields, undoable } from "./changed-fields.ts";

const memory: MemoryRecord = {
  ...{ id: 1, botId: "b", chatId: "", key: "tea", content: "green", category: "general" },
  ...{ state: "accepted", pinned: false, expiresAt: null, origin: "person" },
  ...{ sourceMessageId: null, sourceTurnId: null, sourceUserId: null, sourceUserName: null },
  ...{ createdAt: 1, updatedAt: 1 },
};
const change = (fields: Partial<MemoryChangeRecord>): MemoryChangeRecord => ({
  ...{ id: 1, memoryId: 1, action: "updated", before: memory, after: memory, origin: "person" },
  ...{ userId: null, userName: null, turnId: null, undoneBy: null, at: 1 },
  ...fields,
});

test("a change says which fields are other than before", () => {
  expect(changedFields(change({ after: { ...memory, pinned: true, content: "black" } }))).toEqual(["pinned"]);
  expect(changedFields(change({ before: null }))).toEqual([]);
});

test("a change can be taken back while what it made stands, whenever that was", () => {
  expect(canUndo(change({}), { ...memory, updatedAt: 9 })).toBe(true);
  expect(canUndo(change({}), { ...memory, content: "black" })).toBe(false);
  expect(canUndo(change({ undoneBy: 2 }), memory)).toBe(false);
  expect(canUndo(change({ after: null }), null)).toBe(true);
  expect(canUndo(change({ after: null }), memory)).toBe(false);
  expect(canUndo(change({}), null)).toBe(false);
});

test("of many changes the newest of each memory may be taken back", () => {
  const changes = [
    change({ id: 5, memoryId: 2, undoneBy: 6 }),
    change({ id: 4, memoryId: 1 }),
    change({ id: 3, memoryId: 2 }),
    change({ id: 2, memoryId: 1 }),
  ];
  expect([...undoable(changes)]).toEqual([4]);
});
