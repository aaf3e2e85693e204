import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";

/** Fast enough for a leak of 100 MB a second, rare enough to cost nothing. */
const CHECK_MS = 5_000;

export interface WatchedSession {
  readonly pid: number | null;
  /** Ends it at once: it has taken `bytes` of the `limitBytes` it may have. */
  outgrown(bytes: number, limitBytes: number): void;
}

export interface MemoryWatchDeps {
  sessions: () => readonly WatchedSession[];
  /** What each process and everything it has started take now. */
  sampleProcesses: (
    pids: readonly number[],
    options: { withCpu: boolean },
  ) => Promise<ReadonlyMap<number, { rssBytes: number }>>;
  limitBytes: number;
  clock: Clock;
  log: Logger;
}

/**
 * Ends a session whose processes have taken more memory than one session may have, before the kernel ends whatever it
 * likes. Runs only while there are processes.
 */
export class MemoryWatch {
  readonly #deps: MemoryWatchDeps;
  #timer: Timer | null = null;

  constructor(deps: MemoryWatchDeps) {
    this.#deps = deps;
  }

  /** A process has been started. */
  processCame(): void {
    this.#timer ??= this.#deps.clock.setTimer(CHECK_MS, () => void this.#check(), { unref: true });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  async #check(): Promise<void> {
    this.#timer = null;
    const { sessions, sampleProcesses, limitBytes, log } = this.#deps;
    const live = sessions().flatMap((session) =>
      session.pid === null ? [] : [{ session, pid: session.pid }],
    );
    if (live.length === 0) return;
    this.processCame();
    try {
      const usage = await sampleProcesses(
        live.map(({ pid }) => pid),
        { withCpu: false },
      );
      for (const { session, pid } of live) {
        const bytes = usage.get(pid)?.rssBytes ?? 0;
        // Measuring takes a moment: the session may have another process by now.
        if (bytes > limitBytes && session.pid === pid) session.outgrown(bytes, limitBytes);
      }
    } catch (error) {
      log.warn({ err: error }, "the memory of the sessions could not be measured");
    }
  }
}
