import type { Clock } from "@steward/platform/clock";
import {
  createProcessSpawner,
  endProcessTree,
  type ManagedProcess,
  type ProcessSpawner,
} from "@steward/platform/process";

/** Short: what is asked about the CLI has nothing to save. */
const END_PLAN = { inputEndMs: 0, terminateMs: 1_000, killMs: 1_000 };

/** Starts processes, and ends those that still run when the service does. */
export function createTrackedSpawner(deps: {
  clock: Clock;
  spawner?: ProcessSpawner;
}): ProcessSpawner & { endAll(): Promise<void> } {
  const spawner = deps.spawner ?? createProcessSpawner();
  const running = new Set<ManagedProcess>();
  let ended = false;
  const end = (process: ManagedProcess) => endProcessTree(process, END_PLAN, { clock: deps.clock });
  return {
    spawn: async (options) => {
      const spawned = await spawner.spawn(options);
      if (!spawned.ok) return spawned;
      const { process } = spawned;
      running.add(process);
      void process.exited.then(() => running.delete(process));
      if (ended) await end(process);
      return spawned;
    },
    endAll: async () => {
      ended = true;
      await Promise.all([...running].map(end));
    },
  };
}
