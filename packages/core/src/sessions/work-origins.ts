import type { CliEvent } from "@steward/claude/cli-driver";
import type { TurnRecord } from "../turns/turn-record.ts";

/** More tools than work in the background comes to; of more than this many those unheard of for longest are forgotten. */
const MOST_TOOLS = 10_000;

/**
 * Which turn each tool, each sub-agent and each turn of the CLI's own began with: by what the CLI says of them before it
 * asks anything. What cannot be told is null; nobody but the owner may answer for it.
 */
export class WorkOrigins {
  readonly #tools = new Map<string, TurnRecord | null>();
  readonly #openTools = new Set<string>();
  readonly #tasks = new Map<string, TurnRecord | null>();
  /** Of the work that has ended and that the CLI is about to speak of; undefined = nothing has. */
  #finished: TurnRecord | null | undefined;

  /**
   * @param turn the one of ours that runs; null = none
   * @param inOwnTurn the CLI takes one of its own: what it says belongs to that
   */
  see(event: CliEvent, turn: TurnRecord | null, inOwnTurn: boolean): void {
    const speaker = inOwnTurn ? this.ownTurn : turn;
    switch (event.type) {
      case "tool_started":
      case "tool_input":
        this.#remember(
          event.toolUseId,
          event.parentToolUseId === null ? speaker : this.ofTool(event.parentToolUseId),
        );
        this.#openTools.add(event.toolUseId);
        break;
      case "tool_finished":
        this.#openTools.delete(event.toolUseId);
        break;
      case "task_started":
        this.#tasks.set(event.taskId, event.toolUseId === null ? speaker : this.ofTool(event.toolUseId));
        break;
      case "task_finished":
        this.#taskFinished(event);
        break;
      case "turn_result":
        if (event.unsolicited) this.#finished = undefined;
        break;
      default:
        break;
    }
  }

  /** Null: not known. */
  ofTool(toolUseId: string): TurnRecord | null {
    const turn = this.#tools.get(toolUseId);
    // A sub-agent that works for long is heard of again and again.
    if (turn !== undefined) this.#remember(toolUseId, turn);
    return turn ?? null;
  }

  /** What the CLI's own turn began with. Null: not known, or with several. */
  get ownTurn(): TurnRecord | null {
    return this.#finished ?? null;
  }

  /** The one turn that everything in the background began with. Null: there are several, or one is not known. */
  get onlyTurn(): TurnRecord | null {
    const turns = [...this.#tasks.values()];
    const [first = null] = turns;
    return turns.every((turn) => turn?.id === first?.id) ? first : null;
  }

  /** Of all others the CLI may never say that they have ended: a stop has ended them. */
  keepTasks(taskIds: ReadonlySet<string>): void {
    for (const taskId of this.#tasks.keys()) if (!taskIds.has(taskId)) this.#tasks.delete(taskId);
  }

  /** Nothing works in the background and no turn runs: nothing more will be asked. */
  forgetTools(): void {
    this.#tools.clear();
    this.#openTools.clear();
  }

  clear(): void {
    this.forgetTools();
    this.#tasks.clear();
    this.#finished = undefined;
  }

  #taskFinished({ taskId, toolUseId }: Extract<CliEvent, { type: "task_finished" }>): void {
    const turn = this.#tasks.get(taskId) ?? (toolUseId === null ? null : this.ofTool(toolUseId));
    this.#tasks.delete(taskId);
    // A command in the foreground: the turn that waits for it goes on by itself.
    if (toolUseId !== null && this.#openTools.has(toolUseId)) return;
    const isAnother = this.#finished !== undefined && this.#finished?.id !== turn?.id;
    this.#finished = isAnother ? null : turn;
  }

  #remember(toolUseId: string, turn: TurnRecord | null): void {
    this.#tools.delete(toolUseId);
    this.#tools.set(toolUseId, turn);
    const [oldest] = this.#tools.keys();
    if (this.#tools.size > MOST_TOOLS && oldest !== undefined) this.#tools.delete(oldest);
  }
}
