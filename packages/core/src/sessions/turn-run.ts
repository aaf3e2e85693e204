import type { CliEvent } from "@steward/claude/cli-driver";
import type { TurnEventLog } from "../turns/turn-event-log.ts";
import type { RunningTurn } from "../turns/turn-journal.ts";

/** Which silence limit applies now. */
export type SilencePhase = "first_event" | "model" | "tool";

/**
 * One turn while the CLI works on it: assembles the text, keeps the open tools, tells the log. It decides nothing.
 *
 * Text blocks are joined by a blank line. A whole block supersedes its own deltas: they may have come from an attempt
 * of the CLI's that failed half-way.
 */
export class TurnRun {
  readonly turn: RunningTurn;
  cancelRequested = false;
  /** Questions to a person that the CLI waits with. */
  openQuestions = 0;
  phase: SilencePhase = "first_event";
  readonly #events: TurnEventLog;
  readonly #openTools = new Set<string>();
  #text = "";
  #blockStart = 0;
  #inBlock = false;

  constructor(turn: RunningTurn, events: TurnEventLog) {
    this.turn = turn;
    this.#events = events;
  }

  get turnId(): string {
    return this.turn.record.id;
  }

  /** What was said so far. */
  get text(): string {
    return this.#text;
  }

  begin(start: "warm" | "resumed" | "fresh"): void {
    this.#append({ type: "started", start });
    // A second attempt starts over: what the first one said is gone.
    if (this.turn.record.attempt > 1) this.#append({ type: "text", offset: 0, text: "" });
  }

  handle(event: CliEvent): void {
    if (this.phase === "first_event") this.phase = "model";
    switch (event.type) {
      case "turn_started":
        this.#notesModel(event.model);
        break;
      case "model_fallback":
        if (event.toModel !== null) this.#notesModel(event.toModel);
        break;
      case "text_delta":
        if (event.parentToolUseId === null) this.#delta(event.text);
        break;
      case "assistant_text":
        if (event.parentToolUseId === null) this.#block(event.text);
        break;
      case "thinking_delta":
        if (event.parentToolUseId === null) this.#append({ type: "thinking", text: event.text });
        break;
      case "tool_input":
        this.#openTools.add(event.toolUseId);
        this.#append({
          type: "tool_started",
          toolUseId: event.toolUseId,
          name: event.name,
          summary: event.summary,
          parentToolUseId: event.parentToolUseId,
        });
        break;
      case "tool_finished":
        this.#openTools.delete(event.toolUseId);
        this.#append({
          type: "tool_finished",
          toolUseId: event.toolUseId,
          isError: event.isError,
          durationMs: Math.round(event.durationMs),
        });
        break;
      case "api_retry":
        this.#append({
          type: "retrying",
          attempt: event.attempt,
          maxRetries: event.maxRetries,
          delayMs: Math.round(event.delayMs),
          reason: event.error,
        });
        break;
      case "compacting":
        if (event.phase === "started") this.#append({ type: "compacting" });
        break;
      default:
        break;
    }
    this.phase = this.#openTools.size > 0 ? "tool" : "model";
  }

  /** Written with the outcome: the last one named is the one that answered. */
  #notesModel(model: string): void {
    this.turn.record.model = model;
  }

  #delta(text: string): void {
    this.#openBlock();
    this.#write(this.#text.length, text);
  }

  #block(text: string): void {
    this.#openBlock();
    if (this.#text.slice(this.#blockStart) !== text) this.#write(this.#blockStart, text);
    this.#inBlock = false;
  }

  #openBlock(): void {
    if (this.#inBlock) return;
    this.#inBlock = true;
    if (this.#text !== "") this.#write(this.#text.length, "\n\n");
    this.#blockStart = this.#text.length;
  }

  #write(offset: number, text: string): void {
    this.#text = this.#text.slice(0, offset) + text;
    this.#append({ type: "text", offset, text });
  }

  #append(body: Parameters<TurnEventLog["append"]>[1]): void {
    this.#events.append(this.turnId, body);
  }
}
