import { Worker } from "node:worker_threads";
import { DomainError } from "@steward/contract/errors";
import type { SearchRequest, SearchResult, SearchRunner } from "@steward/core/search/search-request";
import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";

/** More would be answered later than anybody waits. */
const LONGEST_QUEUE = 32;
const TIMEOUT_MS = 10_000;
/** Its memory is given back then (DESIGN §12: 110 MB at rest). */
const IDLE_MS = 5 * 60_000;
const WORKER = new URL("./search-worker.ts", import.meta.url);

interface Job {
  request: SearchRequest;
  /** Vectors were not compared in time: it goes by words alone. */
  isShortened: boolean;
  attempts: number;
  resolve: (result: SearchResult) => void;
  reject: (error: unknown) => void;
  signal?: AbortSignal;
}
type Answer = { result: SearchResult } | { problem: string };

/**
 * Searches in one thread, one after the other. It is started by the first search and ended when nobody has searched for a
 * while. A search that outlasts its time ends the thread: one by meaning is done again by words alone, and says so. One that the
 * thread dies of is tried once more, in a new one.
 *
 * @param deps.worker what the thread runs, for tests of its faults
 */
export const createWorkerSearchRunner = (deps: {
  database: string;
  vectorExtension?: string;
  clock: Clock;
  log: Logger;
  worker?: URL;
}): SearchRunner & { readonly isRunning: boolean } => {
  const { clock, log } = deps;
  const queue: Job[] = [];
  let worker: Worker | null = null;
  let current: { job: Job; timeout: Timer } | null = null;
  let idle: Timer | null = null;
  let stopped = false;

  const end = async (): Promise<void> => {
    const ending = worker;
    worker = null;
    await ending?.terminate();
  };
  /** What the thread was doing when it was over with it. */
  const lost = (error: unknown): void => {
    worker = null;
    const job = settleCurrent();
    if (!job) return;
    log.error({ err: error, attempts: job.attempts }, "the search thread ended in the middle of a search");
    if (job.attempts < 2 && !stopped) queue.unshift(job);
    else job.reject(failed(error));
    next();
  };
  const settleCurrent = (): Job | null => {
    const job = current?.job ?? null;
    current?.timeout.cancel();
    current = null;
    return job;
  };
  const start = (): Worker => {
    const { database, vectorExtension } = deps;
    const started = new Worker(deps.worker ?? WORKER, {
      workerData: { database, ...(vectorExtension !== undefined && { vectorExtension }) },
    });
    let problem: unknown = new Error("it ended by itself");
    started.on("message", (answer: Answer) => {
      if (worker !== started) return;
      const job = settleCurrent();
      if ("result" in answer) job?.resolve(job.isShortened ? shortened(answer.result) : answer.result);
      else {
        log.error({ problem: answer.problem }, "a search failed");
        job?.reject(failed(answer.problem));
      }
      next();
    });
    started.on("error", (error) => {
      problem = error;
    });
    started.on("exit", () => {
      if (worker === started) lost(problem);
    });
    // A thread that waits for questions keeps no process alive.
    started.unref();
    return started;
  };
  const next = (): void => {
    if (current) return;
    idle?.cancel();
    const job = queue.shift();
    if (!job) {
      idle = clock.setTimer(IDLE_MS, () => void end(), { unref: true });
      return;
    }
    if (job.signal?.aborted) {
      job.reject(job.signal.reason);
      next();
      return;
    }
    job.attempts += 1;
    const timeout = clock.setTimer(TIMEOUT_MS, () => {
      log.error({ timeoutMs: TIMEOUT_MS, kind: job.request.kind }, "a search took too long");
      settleCurrent();
      void end();
      if (job.request.vector !== null) {
        queue.unshift({ ...job, request: { ...job.request, vector: null }, attempts: 0, isShortened: true });
      } else {
        job.reject(new DomainError("search_timed_out", "The search took too long; try one with rarer words"));
      }
      next();
    });
    current = { job, timeout };
    worker ??= start();
    worker.postMessage(job.request);
  };

  return {
    get isRunning() {
      return worker !== null;
    },
    run: (request, signal) => {
      if (stopped)
        return Promise.reject(new DomainError("shutting_down", "Steward is stopping; nothing was searched"));
      if (queue.length + (current ? 1 : 0) >= LONGEST_QUEUE) {
        return Promise.reject(
          new DomainError("search_busy", "Too many searches at once; try again in a moment"),
        );
      }
      return new Promise((resolve, reject) => {
        queue.push({ request, isShortened: false, attempts: 0, resolve, reject, ...(signal && { signal }) });
        next();
      });
    },
    stop: async () => {
      stopped = true;
      const waiting = [settleCurrent(), ...queue.splice(0)];
      for (const job of waiting)
        job?.reject(new DomainError("shutting_down", "Steward is stopping; nothing was searched"));
      idle?.cancel();
      await end();
    },
  };
};

const shortened = (result: SearchResult): SearchResult => ({
  ...result,
  degraded: [...result.degraded, "timed_out"],
});

const failed = (cause: unknown): DomainError =>
  new DomainError("search_failed", "The search failed; the log of the service says why", { cause });
