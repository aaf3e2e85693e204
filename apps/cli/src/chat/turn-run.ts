import type { Client, ConnectionState } from "@steward/client/client";
import { stopChat } from "@steward/contract/chats";
import type { ChatAddress } from "@steward/contract/ids";
import type { TurnEvent } from "@steward/contract/turn-events";
import type { Clock } from "@steward/platform/clock";
import { CommandFailure, EXIT } from "../exit-codes.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type FinalEvent, followTurn } from "./follow.ts";

/** What a turn is shown on: a terminal's view, or JSON lines. */
export interface TurnOutput {
  show(event: TurnEvent): void;
  notice(text: string): void;
}

interface TurnRunDeps {
  readonly client: Client;
  readonly terminal: Terminal;
  readonly chat: ChatAddress;
  readonly output: TurnOutput;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** How long a service that went away is waited for. Default 10 minutes. */
  readonly patienceMs?: number;
}

const DEFAULT_PATIENCE_MS = 600_000;

/** A turn on its way: submitted, followed, and stopped when the person says so. */
export class TurnRun {
  readonly #deps: TurnRunDeps;
  readonly #leaving = new AbortController();
  #turnId: string | null = null;
  #stopWanted = false;
  #stopArrived = false;
  /** Monotonic; null while connected. */
  #lostAtMs: number | null = null;
  #gaveUp = false;

  constructor(deps: TurnRunDeps) {
    this.#deps = deps;
  }

  get stopWanted(): boolean {
    return this.#stopWanted;
  }

  /**
   * Shows the turn to its end.
   *
   * @param submitted resolves with the turn's id once it is durably accepted.
   * @returns how it ended; null after `leave()`.
   * @throws CommandFailure when the service went away for longer than the patience lasts
   */
  async follow(submitted: Promise<string>): Promise<FinalEvent | null> {
    this.#turnId = await submitted;
    if (this.#leaving.signal.aborted) return null;
    if (this.#stopWanted) await this.#stop(this.#turnId);
    const final = await followTurn(this.#deps.client, this.#turnId, {
      language: this.#deps.terminal.language,
      signal: this.#leaving.signal,
      onEvent: (event) => this.#deps.output.show(event),
      onConnection: (state) => this.#tellConnection(state),
    });
    if (!this.#gaveUp) return final;
    const minutes = Math.round((this.#deps.patienceMs ?? DEFAULT_PATIENCE_MS) / 60_000);
    throw new CommandFailure(EXIT.failed, this.#deps.terminal.say("cli.chat.gave_up", { minutes }));
  }

  /** Asks for the end of the turn; `follow` resolves when it has come. A turn not yet accepted is stopped when it is. */
  async stop(): Promise<void> {
    if (this.#stopWanted) return;
    this.#stopWanted = true;
    this.#deps.output.notice(this.#deps.terminal.say("cli.chat.stopping"));
    if (this.#turnId !== null) await this.#stop(this.#turnId);
  }

  /** Stops watching. The turn goes on. */
  leave(): void {
    this.#leaving.abort();
  }

  async #stop(turnId: string): Promise<void> {
    const { client, chat, output, terminal } = this.#deps;
    try {
      const { waiting } = await client.call(stopChat, {
        body: { ...chat, turnId },
        signal: this.#leaving.signal,
      });
      this.#stopArrived = true;
      if (waiting > 0) output.notice(terminal.say("cli.chat.waiting_held", { count: waiting }));
    } catch (error) {
      if (this.#leaving.signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      output.notice(terminal.say("cli.chat.stop_failed", { reason }));
    }
  }

  #tellConnection(state: ConnectionState): void {
    const { output, terminal, clock, patienceMs = DEFAULT_PATIENCE_MS } = this.#deps;
    if (state.connected) {
      if (this.#lostAtMs === null) return;
      this.#lostAtMs = null;
      output.notice(terminal.say("cli.chat.reconnected"));
      // A stop that found nobody is said again.
      if (this.#stopWanted && !this.#stopArrived && this.#turnId !== null) void this.#stop(this.#turnId);
      return;
    }
    // The server ends a stream in good order now and then; only a failure is news, once.
    if (state.error === null) return;
    if (this.#lostAtMs === null) {
      this.#lostAtMs = clock.monotonicMs();
      output.notice(terminal.say("cli.chat.connection_lost"));
    } else if (clock.monotonicMs() - this.#lostAtMs > patienceMs) {
      this.#gaveUp = true;
      this.leave();
    }
  }
}
