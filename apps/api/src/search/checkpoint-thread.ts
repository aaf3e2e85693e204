import { Worker } from "node:worker_threads";
import type { CheckpointThread } from "@steward/core/search/checkpoints-aside";

const WORKER = new URL("./checkpoint-worker.ts", import.meta.url);

/**
 * Starts a thread that writes the database's log back when it is told to. It takes some megabytes: for as long as there is
 * much to be written, and no longer.
 *
 * @param worker what the thread runs, for tests of its faults
 */
export const startCheckpointThread = (database: string, worker = WORKER): CheckpointThread => {
  const thread = new Worker(worker, { workerData: { database } });
  let waiting: { resolve: () => void; reject: (error: unknown) => void } | null = null;
  let problem: unknown = null;
  const settle = (): typeof waiting => {
    const settled = waiting;
    waiting = null;
    thread.unref();
    return settled;
  };
  thread.on("message", () => settle()?.resolve());
  thread.on("error", (error) => {
    problem = error;
  });
  thread.on("exit", () => {
    problem ??= new Error("the thread has ended");
    settle()?.reject(problem);
  });
  // It keeps no process alive but while somebody waits for it.
  thread.unref();
  return {
    checkpoint: () =>
      new Promise((resolve, reject) => {
        if (problem !== null) return reject(problem);
        waiting = { resolve, reject };
        thread.ref();
        thread.postMessage("checkpoint");
      }),
    end: async () => {
      await thread.terminate();
    },
  };
};
