import type { Clock, Timer } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import type { SideSessions } from "../sessions/side-sessions.ts";
import { ClassifierProcess, type Verdict } from "./classifier-process.ts";

export interface ClassifierDeps {
  side: SideSessions;
  model: string;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

/** Each message stays in the process's context: a fresh one is cheaper than a long one. */
const USES_PER_PROCESS = 20;
/** Who waits behind this many others would wait in vain. */
const MOST_WAITING = 3;
/** After a process that could not be had, or died: messages are not to wait for the next one that fails. */
const REST_AFTER_FAILURE_MS = 30_000;
const IDLE_MS = 600_000;
/** How long a process that is to end is asked what it has spent. */
const COST_PATIENCE_MS = 1_000;

/** Asks one warm process one message after the other, and owns its retirement, its rest after a failure and its end. */
export class Classifier {
  readonly #deps: ClassifierDeps;
  #process: ClassifierProcess | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #restUntilMs = 0;
  #stopped = false;
  #idle: Timer | null = null;
  readonly #ending = new Set<Promise<void>>();

  constructor(deps: ClassifierDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves within `timeoutMs`; null when there is no verdict by then, whatever the reason. Never rejects.
   *
   * @param lateCost told in USD when a question that nobody waits for any more has cost something
   */
  async classify(
    text: string,
    timeoutMs: number,
    lateCost: (usd: number) => void = () => undefined,
  ): Promise<Verdict | null> {
    const { clock, log } = this.#deps;
    if (this.#waiting > MOST_WAITING || clock.monotonicMs() < this.#restUntilMs) return null;
    this.#waiting += 1;
    const expiry = new AbortController();
    const answered = new AbortController();
    const verdict = this.#last.then(() => this.#ask(text, expiry.signal, lateCost));
    this.#last = verdict;
    const timeout = clock.sleep(timeoutMs, answered.signal).then(
      () => {
        expiry.abort();
        log.warn({ timeoutMs }, "the classifier took too long");
        return null;
      },
      () => null,
    );
    const first = await Promise.race([verdict, timeout]);
    answered.abort();
    this.#waiting -= 1;
    return first;
  }

  /** Starts its process, so that the first message finds it warm. */
  warm(): void {
    this.#current();
  }

  /** Resolves when no process is left; none is started after it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#process !== null) this.#retire(this.#process);
    await Promise.all(this.#ending);
  }

  /** Never rejects. */
  async #ask(text: string, expired: AbortSignal, lateCost: (usd: number) => void): Promise<Verdict | null> {
    const process = expired.aborted ? null : this.#current();
    if (process === null) return null;
    const expire = (): void => {
      // The next message must not wait in vain as well.
      this.#restUntilMs = this.#deps.clock.monotonicMs() + REST_AFTER_FAILURE_MS;
      this.#retire(process, lateCost);
    };
    try {
      await process.ready;
      // It took its time to start; it serves the next one.
      if (expired.aborted) return null;
      // What it still works on by then is nobody's, and it must not work on it any longer.
      expired.addEventListener("abort", expire, { once: true });
      return await process.ask(this.#deps.ids.uuid4(), text);
    } catch (error) {
      this.#deps.log.warn({ err: error }, "the classifier failed");
      this.#retire(process);
      return null;
    } finally {
      expired.removeEventListener("abort", expire);
      if (process.answered >= USES_PER_PROCESS) this.#retire(process);
      this.#watchIdle();
    }
  }

  /** The process that is asked now, made when there is none; null: none is started now. */
  #current(): ClassifierProcess | null {
    if (this.#stopped) return null;
    if (this.#process !== null) return this.#process;
    const process = new ClassifierProcess(this.#deps);
    this.#process = process;
    void process.gone.then((failed) => {
      if (failed) this.#restUntilMs = this.#deps.clock.monotonicMs() + REST_AFTER_FAILURE_MS;
      if (this.#process === process) this.#process = null;
    });
    this.#watchIdle();
    return process;
  }

  #retire(process: ClassifierProcess, cost?: (usd: number) => void): void {
    if (this.#process === process) this.#process = null;
    this.#idle?.cancel();
    const ending = this.#end(process, cost).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  /** Once it is gone it cannot be asked what it has spent. */
  async #end(process: ClassifierProcess, cost?: (usd: number) => void): Promise<void> {
    if (cost !== undefined) {
      const asked = new AbortController();
      const patience = this.#deps.clock.sleep(COST_PATIENCE_MS, asked.signal).catch(() => undefined);
      const usd = await Promise.race([process.spentUsd(), patience]);
      asked.abort();
      if (typeof usd === "number" && usd > 0) cost(usd);
    }
    await process.end();
  }

  #watchIdle(): void {
    this.#idle?.cancel();
    const process = this.#process;
    if (process === null) return;
    this.#idle = this.#deps.clock.setTimer(IDLE_MS, () => this.#retire(process), { unref: true });
  }
}
