import { delayBeforeRestart } from "./restart-policy.mjs";
import { SupervisedChild } from "./supervised-child.mjs";

/**
 * Keeps several programs running, in the order they were started; ends all of them, the last started first, when it
 * is told to stop or when one of them cannot go on.
 */
export class Supervisor {
  /** @type {SupervisedChild[]} */
  #children = [];
  #listener;
  #restartDelay;
  /** @type {Promise<void> | undefined} */
  #stopping;
  /** @type {(exitCode: number) => void} */
  #markEnded = () => undefined;

  /**
   * @param {import("./supervised-child.mjs").Listener} listener
   * @param {typeof delayBeforeRestart} [restartDelay]
   */
  constructor(listener, restartDelay = delayBeforeRestart) {
    this.#listener = listener;
    this.#restartDelay = restartDelay;
    /** @type {Promise<number>} the exit code, once nothing is left running */
    this.ended = new Promise((resolve) => {
      this.#markEnded = resolve;
    });
  }

  /**
   * Starts a program.
   *
   * @param {import("./supervised-child.mjs").Program} program
   * @returns {Promise<boolean>} true once it is up; false when everything ended before
   */
  async start(program) {
    if (this.#stopping) return false;
    const child = new SupervisedChild(program, this.#listener, this.#restartDelay);
    this.#children.push(child);
    void child.ended.then((verdict) => this.#onEnded(child.name, verdict));
    return await Promise.race([child.up.then(() => true), this.ended.then(() => false)]);
  }

  /**
   * Ends everything. The first call decides the exit code; later ones wait for the same end.
   *
   * @param {number} [exitCode]
   */
  async stop(exitCode = 0) {
    this.#stopping ??= this.#stopAll(exitCode);
    await this.#stopping;
  }

  /** @param {number} exitCode */
  async #stopAll(exitCode) {
    for (const child of [...this.#children].reverse()) await child.stop();
    this.#markEnded(exitCode);
  }

  /**
   * @param {string} name
   * @param {import("./supervised-child.mjs").Verdict} verdict
   */
  #onEnded(name, verdict) {
    if (verdict === "stopped" || this.#stopping) return;
    const { text, exitCode } = ENDS[verdict];
    this.#listener.onNotice(`${name} ${text}`);
    void this.stop(exitCode);
  }
}

/** @type {Record<Exclude<import("./supervised-child.mjs").Verdict, "stopped">, { text: string, exitCode: number }>} */
const ENDS = {
  done: { text: "has ended: stopping", exitCode: 0 },
  misconfigured: {
    text: "could not start: see its message above, mend the settings and start again",
    exitCode: 1,
  },
  held: { text: "refuses to start: another Steward uses this data directory (see above)", exitCode: 3 },
  damaged: {
    text: "refuses to start: its database is damaged; the message above says how to restore it",
    exitCode: 4,
  },
  "crash-loop": { text: "crashes again and again: giving up; its last messages above say why", exitCode: 1 },
};
