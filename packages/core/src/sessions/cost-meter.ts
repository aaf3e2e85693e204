import type { CliEvent, CliSession } from "@steward/claude/cli-driver";
import type { Logger } from "@steward/platform/logger";

/** Right after these more may have been spent. */
const ENDS_OF_ROUNDS: readonly CliEvent["type"][] = [
  "assistant_text",
  "tool_input",
  "tool_finished",
  "task_finished",
];

/**
 * What a process has cost since its last result, as far as it has said so. It knows after each round with the model, so
 * it is asked then: when its end comes by force there is no time left to ask.
 */
export class CostMeter {
  readonly #log: Logger;
  #cli: CliSession | null = null;
  #lastUsd: number | null = null;
  #asking: Promise<number | null> | null = null;
  #askAgain = false;
  /** Figures that were asked for before a result are no longer of interest. */
  #results = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** The last figure since the last result; null when there was none. */
  get lastUsd(): number | null {
    return this.#lastUsd;
  }

  /** A process has come. */
  attach(cli: CliSession): void {
    this.#cli = cli;
    this.#lastUsd = null;
  }

  /** Everything the process says: after a round with the model it is asked, one question at a time. */
  see(event: CliEvent): void {
    if (event.type === "turn_result") {
      // It has told it all.
      this.#lastUsd = null;
      this.#results += 1;
      this.#askAgain = false;
    } else if (ENDS_OF_ROUNDS.includes(event.type)) this.#note();
  }

  /** Asks now. Null when the CLI does not say. Never rejects. */
  async ask(): Promise<number | null> {
    const cli = this.#cli;
    const results = this.#results;
    if (cli === null) return null;
    const asking = cli.turnCostUsd().catch((error: unknown) => {
      this.#log.debug({ err: error, pid: cli.pid }, "what was spent is not known");
      return null;
    });
    this.#asking = asking;
    const usd = await asking;
    if (this.#cli !== cli) return null;
    if (usd !== null && this.#results === results) this.#lastUsd = usd;
    if (this.#asking === asking) this.#asking = null;
    if (this.#askAgain && this.#asking === null) {
      this.#askAgain = false;
      this.#note();
    }
    return usd;
  }

  /** The process has gone; its last figure stays until the next one comes. */
  detach(): void {
    this.#cli = null;
    this.#asking = null;
    this.#askAgain = false;
  }

  #note(): void {
    if (this.#asking === null) void this.ask();
    else this.#askAgain = true;
  }
}
