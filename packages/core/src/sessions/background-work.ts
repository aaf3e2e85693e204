import type { CliEvent } from "@steward/claude/cli-driver";
import type { Clock } from "@steward/platform/clock";

/**
 * How long work in the background keeps its process from being suspended after its last sign of life. A command says
 * nothing until it ends, so this is also how long another chat may have to wait for its place.
 */
const GRACE_MS = 600_000;

interface Task {
  description: string;
  /** Started by the turn that runs now: until that ends, it is not known whether it outlives it. */
  ofThisTurn: boolean;
}

/** What the CLI works on beside our turns: commands and sub-agents in the background, and what it then has to say. */
export class BackgroundWork {
  readonly #clock: Clock;
  readonly #tasks = new Map<string, Task>();
  #ownTurn = false;
  #lastSignMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isRunning(): boolean {
    return this.#ownTurn || this.#tasks.size > 0;
  }
  /** The CLI takes a turn that nobody sent: what it says now is not part of any turn of ours. */
  get inOwnTurn(): boolean {
    return this.#ownTurn;
  }
  get taskIds(): ReadonlySet<string> {
    return new Set(this.#tasks.keys());
  }
  /** In the agent's words, one line each. */
  get descriptions(): string[] {
    return [...this.#tasks.values()].map(({ description }) => description).filter((text) => text !== "");
  }
  /** For how long its process must not be suspended yet; 0 = it may be. */
  get protectedForMs(): number {
    if (!this.isRunning) return 0;
    return Math.max(this.#lastSignMs + GRACE_MS - this.#clock.monotonicMs(), 0);
  }

  see(event: CliEvent): void {
    switch (event.type) {
      case "task_started":
        this.#tasks.set(event.taskId, { description: event.description, ofThisTurn: true });
        break;
      case "task_finished":
        this.#tasks.delete(event.taskId);
        break;
      case "own_turn":
        this.#ownTurn = event.phase === "started";
        break;
      case "turn_result":
        this.#ownTurn = false;
        this.#turnEnded(event.errorCode === "aborted");
        break;
      default:
        break;
    }
    this.#lastSignMs = this.#clock.monotonicMs();
  }

  /** The process has gone, and all of it with it. */
  clear(): void {
    this.#tasks.clear();
    this.#ownTurn = false;
  }

  /** A stop ends what its turn has started. */
  #turnEnded(stopped: boolean): void {
    for (const [taskId, task] of this.#tasks) {
      if (stopped && task.ofThisTurn) this.#tasks.delete(taskId);
      else task.ofThisTurn = false;
    }
  }
}
