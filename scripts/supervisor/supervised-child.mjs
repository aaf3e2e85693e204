import { setTimeout as sleep } from "node:timers/promises";
import { startRun } from "./child-run.mjs";

/** A program without a readiness check that lived this long has started properly. */
const SETTLED_MS = 10_000;

/**
 * Why a program does not run any more: it ended by itself, its settings are wrong, another instance holds the data
 * directory, its database is damaged, it crashes again and again, or it was told to stop.
 *
 * @typedef {"done" | "misconfigured" | "held" | "damaged" | "crash-loop" | "stopped"} Verdict
 *
 * @typedef {object} Program
 * @property {string} name
 * @property {string[]} args for `process.execPath`
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} env
 * @property {number} terminateMs how long it may take to end after SIGTERM
 * @property {(signal: AbortSignal) => Promise<void>} [untilUp] resolves when the program can do its work, rejects
 *   when aborted; without it a program counts as up once it is started
 *
 * @typedef {object} Listener
 * @property {(name: string, line: string) => void} onLine what a program printed
 * @property {(text: string) => void} onNotice what the supervisor has to say
 */

/** One program that is kept running: restarted when it crashes, and ended with everything it started. */
export class SupervisedChild {
  #program;
  #listener;
  #restartDelay;
  #stop = new AbortController();
  #hasSettled = false;
  /** @type {() => void} */
  #markUp = () => undefined;

  /**
   * Starts the program at once.
   *
   * @param {Program} program
   * @param {Listener} listener
   * @param {typeof import("./restart-policy.mjs").delayBeforeRestart} restartDelay
   */
  constructor(program, listener, restartDelay) {
    this.#program = program;
    this.#listener = listener;
    this.#restartDelay = restartDelay;
    /** @type {Promise<void>} resolves when the program is up for the first time */
    this.up = new Promise((resolve) => {
      this.#markUp = resolve;
    });
    /** @type {Promise<Verdict>} resolves when the program will not run again and nothing of it is left */
    this.ended = this.#keepRunning();
  }

  get name() {
    return this.#program.name;
  }

  /** Safe to call twice. */
  async stop() {
    this.#stop.abort();
    await this.ended;
  }

  /** @returns {Promise<Verdict>} */
  async #keepRunning() {
    /** @type {number[]} */
    const crashedAt = [];
    while (!this.#stop.signal.aborted) {
      const startedAt = performance.now();
      const exit = await this.#runOnce();
      if (this.#stop.signal.aborted) break;
      if (!this.#program.untilUp && performance.now() - startedAt > SETTLED_MS) this.#hasSettled = true;
      const verdict = this.#judge(exit.code);
      if (verdict) return verdict;
      crashedAt.push(performance.now());
      const delayMs = this.#restartDelay(crashedAt);
      if (delayMs === undefined) return "crash-loop";
      const how = exit.signal ? `was ended by ${exit.signal}` : `ended with code ${exit.code}`;
      this.#listener.onNotice(`${this.name} ${how}: starting it again in ${delayMs / 1000} s`);
      // It rejects when we are told to stop meanwhile; the loop sees that.
      await sleep(delayMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
    return "stopped";
  }

  /**
   * The exit codes the apps have agreed on with the supervisor. Node ends with 1 after an uncaught exception, too, so
   * 1 means wrong settings only for a program that has never worked.
   *
   * @param {number | null} code
   * @returns {Verdict | undefined} undefined: it crashed
   */
  #judge(code) {
    if (code === 0) return "done";
    if (code === 1 && !this.#hasSettled) return "misconfigured";
    if (code === 3) return "held";
    if (code === 4) return "damaged";
    return undefined;
  }

  async #runOnce() {
    const { name, untilUp } = this.#program;
    const run = startRun(this.#program, (line) => this.#listener.onLine(name, line));
    /** @type {Promise<void> | undefined} */
    let ending;
    const end = () => {
      ending ??= run.end().then((report) => this.#tell(report));
    };
    this.#stop.signal.addEventListener("abort", end, { once: true });

    const gone = new AbortController();
    const becameUp = () => {
      if (untilUp) this.#hasSettled = true;
      this.#markUp();
    };
    // A rejection is the wait being given up because the program has ended; that end is told by its exit.
    void (untilUp?.(gone.signal) ?? Promise.resolve()).then(becameUp, () => undefined);

    const exit = await run.exited;
    gone.abort();
    this.#stop.signal.removeEventListener("abort", end);
    await ending;
    return exit;
  }

  /** @param {import("./child-run.mjs").EndReport} report */
  #tell({ killed, survivors }) {
    if (killed) this.#listener.onNotice(`${this.name} did not end in time and was killed`);
    if (survivors.length > 0) {
      this.#listener.onNotice(`${this.name} left processes behind: ${survivors.join(", ")}`);
    }
  }
}
