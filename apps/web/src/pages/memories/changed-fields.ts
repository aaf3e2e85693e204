import type { MemoryChangeRecord, MemoryRecord } from "@steward/contract/memory-records";

const FIELDS = ["key", "category", "state", "pinned", "expiresAt"] as const;
export type ChangedField = (typeof FIELDS)[number];

/** What is other than before, beside the content; only of a memory that was there and still is. */
export const changedFields = ({ before, after }: MemoryChangeRecord): ChangedField[] =>
  before && after ? FIELDS.filter((field) => before[field] !== after[field]) : [];

/** Whether a change can be taken back: what it has made is what stands there now. The API says the last word. */
export const canUndo = ({ after, undoneBy }: MemoryChangeRecord, present: MemoryRecord | null): boolean => {
  if (undoneBy !== null) return false;
  if (after === null || present === null) return after === present;
  const names = Object.keys(after) as (keyof MemoryRecord)[];
  return names.every((name) => name === "updatedAt" || after[name] === present[name]);
};

/** Of a list of changes, the newest first, those that may be taken back: nothing newer of the same memory stands on them. */
export const undoable = (changes: readonly MemoryChangeRecord[]): ReadonlySet<number> => {
  const newest = new Map<number, MemoryChangeRecord>();
  for (const change of changes) if (!newest.has(change.memoryId)) newest.set(change.memoryId, change);
  return new Set([...newest.values()].filter(({ undoneBy }) => undoneBy === null).map(({ id }) => id));
};
