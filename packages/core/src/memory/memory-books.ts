import { DomainError } from "@steward/contract/errors";
import { MEMORY_LIMITS } from "@steward/contract/memory-limits";
import type { Clock } from "@steward/platform/clock";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { EventHub } from "../events/event-hub.ts";
import { createMemoryChangeLog, type MemoryChangeLog } from "./memory-changes.ts";
import { createMemoryRepository, type MemoryRepository } from "./memory-repository.ts";
import type { Memory, MemoryOwner } from "./memory-service.ts";

/** What everything that writes memories has: rows, their log, and the checks that no way around may leave out. */
export interface MemoryBooks {
  rows: MemoryRepository;
  log: MemoryChangeLog;
  now: () => number;
  /** @throws DomainError `memory_not_found` */
  require(id: number): Memory;
  /** @throws DomainError `memory_exists` */
  assertFree(owner: MemoryOwner, key: string, exceptId: number | null): void;
  /** This key, or the next number of it that is free. */
  freeKey(owner: MemoryOwner, key: string): string;
  /** Grows with each change even within a millisecond: it tells one state of a memory from the next. */
  nextUpdatedAt(before: Memory): number;
}

export const createMemoryBooks = ({
  database,
  hub,
  clock,
}: {
  database: OpenDatabase;
  hub: Pick<EventHub, "publish">;
  clock: Clock;
}): MemoryBooks => {
  const rows = createMemoryRepository(database);
  return {
    rows,
    log: createMemoryChangeLog({ ...database, hub }),
    now: () => clock.now(),
    require: (id) => {
      const memory = rows.find(id);
      if (!memory) throw new DomainError("memory_not_found", "Memory not found");
      return memory;
    },
    assertFree: (owner, key, exceptId) => {
      const holder = rows.holderOf(owner, key);
      if (!holder || holder.id === exceptId) return;
      throw new DomainError("memory_exists", `Memory with key '${key}' already exists`, {
        params: { key, id: holder.id },
      });
    },
    freeKey: (owner, key) => {
      if (rows.holderOf(owner, key) === null) return key;
      for (let number = 2; ; number++) {
        const suffix = ` (${number})`;
        const cut = Buffer.from(key.slice(0, MEMORY_LIMITS.key - suffix.length)).toString();
        if (rows.holderOf(owner, cut + suffix) === null) return cut + suffix;
      }
    },
    nextUpdatedAt: (before) => Math.max(clock.now(), before.updatedAt + 1),
  };
};

/** Whether two states of a memory say the same; when they were reached does not count. */
export const isSame = (one: Memory | null, other: Memory | null): boolean => {
  if (one === null || other === null) return one === other;
  const names = Object.keys(one) as (keyof Memory)[];
  return names.every((name) => name === "updatedAt" || one[name] === other[name]);
};
