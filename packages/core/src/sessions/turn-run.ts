import { basename } from "node:path";
import type { CliEvent } from "@steward/claude/cli-driver";
import type { ErrorCode } from "@steward/contract/errors";
import { translate } from "@steward/contract/messages";
import type { Ids } from "@steward/platform/ids";
import type { AnswerFile } from "../answers/answer-file.ts";
import { AnswerText, MAX_SHOWN_LENGTH } from "../answers/answer-text.ts";
import { EMPTY_OUTGOING, type Outgoing } from "../files/outgoing.ts";
import type { TurnEventLog } from "../turns/turn-event-log.ts";
import type { RunningTurn } from "../turns/turn-journal.ts";
import type { TurnOutcome } from "../turns/turn-outcome.ts";

/** The command, with or without words of the person's. */
const COMPACT = /^\/compact(?:\s|$)/;

/** Which silence limit applies now. */
export type SilencePhase = "first_event" | "model" | "tool";

/**
 * One turn while the CLI works on it: assembles the text, keeps the open tools, tells the log. It decides nothing.
 */
export class TurnRun {
  readonly turn: RunningTurn;
  cancelRequested = false;
  /** How it ends when it is stopped. */
  stopCode: Extract<ErrorCode, "turn_cancelled" | "turn_overtaken"> = "turn_cancelled";
  /** It has cost too much and is being stopped: how it ends. */
  overspent: TurnOutcome | null = null;
  /** Questions to a person that the CLI waits with. */
  openQuestions = 0;
  phase: SilencePhase = "first_event";
  /** A tool was asked for that may bring in what others wrote. */
  usedOutsideTool = false;
  /** What it has put into its outbox. */
  collected: Readonly<Outgoing> = EMPTY_OUTGOING;
  readonly #ids: Pick<Ids, "uuid7">;
  readonly #events: TurnEventLog;
  readonly #openTools = new Set<string>();
  #thoughtLength = 0;
  #hasCompacted = false;
  readonly answer: AnswerText;

  /** @param openFile where an answer goes that is too long for a chat */
  constructor(
    turn: RunningTurn,
    { events, ids }: { events: TurnEventLog; ids: Pick<Ids, "uuid7"> },
    openFile: () => AnswerFile,
  ) {
    this.turn = turn;
    this.#events = events;
    this.#ids = ids;
    this.answer = new AnswerText(openFile, (change) => this.#append({ type: "text", ...change }));
  }

  get turnId(): string {
    return this.turn.record.id;
  }

  /** What was said so far, as far as a chat is shown it. */
  get text(): string {
    return this.answer.shown;
  }

  /** The text that the turn ends with: what a chat is shown of it, and a word about the rest. Nothing may come after it. */
  finish(text: string): string {
    const { language, prompt } = this.turn.record;
    // The CLI answers `/compact` with whatever it said last before it.
    const said = this.#hasCompacted && COMPACT.test(prompt) ? translate(language, "turn.compacted") : text;
    return this.answer.finish(said, language);
  }

  /** What it sends back beside its answer; once it is finished, the whole of an answer too long for a chat as well. */
  get outgoing(): Readonly<Outgoing> {
    const { kept } = this.answer;
    if (kept === null) return this.collected;
    const file = {
      ...kept,
      id: this.#ids.uuid7(),
      originalName: basename(kept.path),
      mediaType: "text/plain",
    };
    return { ...this.collected, files: [file, ...this.collected.files] };
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
        if (event.parentToolUseId === null) this.answer.piece(event.text);
        break;
      case "assistant_text":
        if (event.parentToolUseId === null) this.answer.block(event.text);
        break;
      case "thinking_delta":
        if (event.parentToolUseId === null) this.#think(event.text);
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
        else this.#hasCompacted = true;
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

  /** Thoughts are shown while they come and kept nowhere else; beyond any measure they are only a flood. */
  #think(text: string): void {
    if (this.#thoughtLength > MAX_SHOWN_LENGTH) return;
    this.#thoughtLength += text.length;
    this.#append({ type: "thinking", text });
  }

  #append(body: Parameters<TurnEventLog["append"]>[1]): void {
    this.#events.append(this.turnId, body);
  }
}
