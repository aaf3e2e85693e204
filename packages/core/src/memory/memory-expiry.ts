import { setImmediate } from "node:timers/promises";
import { HOUSEKEEPING } from "./memory-moves.ts";
import type { MemoryRepository } from "./memory-repository.ts";
import type { MemoryService } from "./memory-service.ts";

/** After its end a memory is not recalled any more, but can be looked up, and given more time, for this long. */
export const KEEP_EXPIRED_MS = 30 * 86_400_000;
/** In slices, so that everything else has its turn in between. */
const SLICE = 100;

/** Takes away what has expired long ago. It stands in the history, and can be brought back from there. */
export const createMemoryExpiry =
  (deps: {
    rows: Pick<MemoryRepository, "expiredBefore">;
    memories: Pick<MemoryService, "remove">;
    now: () => number;
  }): (() => Promise<void>) =>
  async () => {
    for (;;) {
      const ids = deps.rows.expiredBefore(deps.now() - KEEP_EXPIRED_MS, SLICE);
      for (const id of ids) deps.memories.remove(id, HOUSEKEEPING);
      if (ids.length < SLICE) return;
      await setImmediate();
    }
  };
