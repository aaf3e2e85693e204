import type { CliEvent, CliSession } from "@steward/claude/cli-driver";
import type { TurnResult } from "@steward/claude/cli-event";
import { DomainError } from "@steward/contract/errors";
import type { Clock } from "@steward/platform/clock";
import { failpoint } from "@steward/platform/failpoint";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import type { AnswerFile } from "../answers/answer-file.ts";
import type { Outgoing } from "../files/outgoing.ts";
import type { Recalled } from "../recall/turn-recall.ts";
import type { TurnEventLog } from "../turns/turn-event-log.ts";
import type { TurnJournal } from "../turns/turn-journal.ts";
import { outcomeOfFailure, type TurnOutcome } from "../turns/turn-outcome.ts";
import type { TurnRecord } from "../turns/turn-record.ts";
import type { TurnSpending } from "../usage/turn-spending.ts";
import { outcomeOfSilence, outcomeOfWallLimit, silenceLimit } from "./broken-off.ts";
import type { CostMeter } from "./cost-meter.ts";
import type { SessionLimits } from "./session-limits.ts";
import type { SessionTimers } from "./session-timers.ts";
import type { SessionEvent } from "./transition.ts";
import type { TurnGate } from "./turn-gate.ts";
import type { ComposePrompt } from "./turn-prompt.ts";
import { TurnRun } from "./turn-run.ts";

/** A timer this late tells of a blocked event loop. */
const LATE_MS = 500;

export interface ActiveTurnDeps {
  /** Where an answer goes that is too long for a chat. */
  openAnswerFile: (turn: TurnRecord) => AnswerFile;
  journal: TurnJournal;
  events: TurnEventLog;
  limits: SessionLimits;
  clock: Clock;
  ids: Ids;
  log: Logger;
  composePrompt: ComposePrompt;
}

/**
 * The turn that the process works on, from its line to its result. Watches it for silence, and raises `stuck` and
 * `turn_done`; how it ends is decided elsewhere.
 */
export class ActiveTurn {
  readonly #deps: ActiveTurnDeps;
  readonly #timers: SessionTimers;
  readonly #raise: (event: SessionEvent) => void;
  readonly #meter: CostMeter;
  #run: TurnRun | null = null;
  #lastTurn: TurnRecord | null = null;
  #result: TurnResult | null = null;
  #failure: TurnOutcome | null = null;
  #lastActiveAt: number | null;
  /** What the wall clock limit has left, since when it runs (monotonic); null = the turn has none. */
  #wall: { leftMs: number | null; sinceMs: number } = { leftMs: null, sinceMs: 0 };
  #unwritten = false;

  constructor(
    deps: ActiveTurnDeps,
    timers: SessionTimers,
    meter: CostMeter,
    lastActiveAt: number | null,
    raise: (event: SessionEvent) => void,
  ) {
    this.#deps = deps;
    this.#timers = timers;
    this.#meter = meter;
    this.#lastActiveAt = lastActiveAt;
    this.#raise = raise;
  }

  get run(): TurnRun | null {
    return this.#run;
  }
  /** The last turn that was handed over; what it left behind may still work. */
  get lastTurn(): TurnRecord | null {
    return this.#lastTurn;
  }
  /** Why the turn at the head can go no further; null while it can. */
  get failure(): TurnOutcome | null {
    return this.#failure;
  }
  set failure(failure: TurnOutcome | null) {
    this.#failure = failure;
  }
  /** When a turn of this chat, also one of the CLI's own, last began or ended. */
  get lastActiveAt(): number | null {
    return this.#lastActiveAt;
  }

  /** A line went out whose start could not be committed: nothing may come of it, and its process has to go. */
  get isUnwritten(): boolean {
    return this.#unwritten;
  }

  /**
   * The line is written before the start is committed, so that the CLI works while the disk does. Nothing can come of it
   * before the commit: events arrive later, and no tool runs unless the journal has said yes.
   *
   * @returns false when the start could not be committed: the turn still waits
   */
  send(
    record: TurnRecord,
    to: {
      cli: CliSession;
      conversationId: string;
      cwd: string;
      start: "warm" | "resumed" | "fresh";
      recalled: Recalled | null;
    },
  ): boolean {
    const { recalled } = to;
    let failure: unknown = null;
    try {
      to.cli.sendTurn({
        uuid: this.#deps.ids.uuid4(),
        ...(recalled && { context: recalled.text }),
        ...this.#deps.composePrompt(record, to.cwd),
      });
      failpoint("turn.prompt_written");
    } catch (error) {
      this.#deps.log.error({ err: error, turnId: record.id }, "the prompt could not be sent");
      failure = error;
    }
    const turn = this.#deps.journal.start(record, to.conversationId, recalled?.rows ?? []);
    this.#unwritten = turn === null;
    if (turn === null) return false;
    const run = new TurnRun(turn, this.#deps, () => this.#deps.openAnswerFile(record));
    this.#run = run;
    this.#result = null;
    this.#lastActiveAt = this.#deps.clock.now();
    run.begin(to.start);
    if (failure !== null) {
      this.#failure = outcomeOfFailure(failure);
      this.#raise({ type: "stuck" });
      return true;
    }
    this.#watchSilence();
    this.#watchWall(run, this.#deps.limits.wallMs[record.source] ?? null);
    return true;
  }

  /**
   * Anything the process says, but for its result. `ofOwnTurn`: it belongs to a turn that the CLI takes of its own, and
   * this one waits for that to end.
   */
  handle(event: CliEvent, ofOwnTurn: boolean): void {
    if (!this.#run) return;
    if (!ofOwnTurn) this.#run.handle(event);
    // A tool of that turn's may run, of which nothing is heard here.
    this.#watchSilence(ofOwnTurn ? "tool" : this.#run.phase);
  }

  /** The CLI has worked beside the turn, or without one. */
  noteSignOfLife(): void {
    this.#lastActiveAt = this.#deps.clock.now();
    this.#watchSilence();
  }

  /** The turn can go no further, and its process is not to be trusted with another one. */
  fail(turnId: string, failure: TurnOutcome): void {
    if (this.#run?.turnId !== turnId) return;
    this.#failure = failure;
    this.#raise({ type: "stuck" });
  }

  /** No limit of the turn runs out before `answered` has settled: it is a person who takes their time. */
  async pausedFor<T>(run: TurnRun, answered: Promise<T>): Promise<T> {
    run.openQuestions += 1;
    this.#watchSilence();
    if (run.openQuestions === 1) this.#pauseWall();
    try {
      return await answered;
    } finally {
      run.openQuestions -= 1;
      this.#watchSilence();
      if (run.openQuestions === 0 && this.#run === run) this.#watchWall(run, this.#wall.leftMs);
    }
  }

  /** What the turn has cost by now, as far as the CLI has said. */
  get spending(): TurnSpending {
    if (this.#result) return { usage: { ...this.#result.usage, costUsd: this.#result.costUsd } };
    const soFarUsd = this.#meter.lastUsd;
    return soFarUsd === null ? { unknown: "not_told" } : { soFarUsd };
  }

  /** Its result is known and stands, whatever becomes of the process while the turn is being tidied up. */
  get hasResult(): boolean {
    return this.#run !== null && this.#result !== null;
  }

  /** Before every further step of a turn: one that has cost more than it may is stopped, and this rejects. */
  async assertAffordable(run: TurnRun, cli: CliSession | null, gate: Pick<TurnGate, "caps">): Promise<void> {
    const { record } = run.turn;
    const capUsd = gate.caps.perTurnUsd({ id: record.chatRef, botId: record.botId });
    if (capUsd === null || cli === null) return;
    const spentUsd = await this.#meter.ask();
    if (spentUsd === null || spentUsd <= capUsd || this.#run !== run) return;
    run.overspent = gate.caps.overspent(spentUsd, capUsd);
    this.interrupt(cli);
    throw new DomainError(
      "budget_exceeded_turn",
      "This turn has cost as much as it may; nothing more is run",
    );
  }

  /**
   * Its result is there.
   *
   * @param collect takes what the turn sends back; null, at once, when that is nothing
   * @returns what was collected too late: the turn was settled without it, because its process went meanwhile
   */
  async end(
    result: TurnResult,
    cli: CliSession | null,
    collect: () => Promise<Outgoing> | null,
  ): Promise<Outgoing | null> {
    const run = this.#run;
    if (!run) return null;
    this.#timers.cancel("silence", "interrupt");
    this.#result = result;
    if (run.cancelRequested || run.overspent) {
      // "Stopped" is said when it is true: nothing that the turn started is left.
      const ended = await cli?.endChildren();
      this.#deps.log.info({ turnId: run.turnId, ended }, "turn stopped");
      if (this.#run !== run) return null;
    }
    const collecting = collect();
    if (collecting !== null) {
      const outgoing = await collecting;
      if (this.#run !== run) return outgoing;
      run.collected = outgoing;
    }
    this.#raise({ type: isNoAnswer(result) && !run.cancelRequested ? "no_answer" : "turn_done" });
    return null;
  }

  /** Asks the process to stop the turn; raises `stuck` when it does not. */
  interrupt(cli: CliSession | null): void {
    // The turn has already ended and is being tidied up.
    if (this.#result) return;
    this.#timers.cancel("silence");
    this.#timers.set("interrupt", this.#deps.limits.interruptMs, () => this.#raise({ type: "stuck" }));
    cli?.interrupt().catch((error: unknown) => {
      this.#deps.log.warn({ err: error }, "interrupt was not acknowledged");
    });
  }

  /** Hands the turn over to be settled: from here on nothing runs. */
  take(): { run: TurnRun; result: TurnResult | null; spending: TurnSpending } | null {
    const run = this.#run;
    const result = this.#result;
    const { spending } = this;
    this.#lastTurn = run?.turn.record ?? this.#lastTurn;
    this.#run = null;
    this.#result = null;
    this.#timers.cancel("silence", "wall", "idle", "interrupt");
    this.#lastActiveAt = this.#deps.clock.now();
    return run && { run, result, spending };
  }

  #watchWall(run: TurnRun, leftMs: number | null): void {
    this.#wall = { leftMs, sinceMs: this.#deps.clock.monotonicMs() };
    const wallMs = this.#deps.limits.wallMs[run.turn.record.source];
    if (leftMs === null || wallMs === undefined) return;
    this.#timers.set("wall", leftMs, () => {
      this.#deps.log.warn({ turnId: run.turnId, wallMs }, "wall clock limit ran out");
      this.#failure = outcomeOfWallLimit(run.text, wallMs);
      this.#raise({ type: "stuck" });
    });
  }

  #pauseWall(): void {
    this.#timers.cancel("wall");
    const { leftMs, sinceMs } = this.#wall;
    const passedMs = this.#deps.clock.monotonicMs() - sinceMs;
    this.#wall.leftMs = leftMs === null ? null : Math.max(0, leftMs - passedMs);
  }

  #watchSilence(phase = this.#run?.phase ?? "model"): void {
    this.#timers.cancel("silence");
    const run = this.#run;
    if (!run || run.cancelRequested || run.openQuestions > 0) return;
    const limit = silenceLimit(phase, this.#deps.limits);
    const dueMs = this.#deps.clock.monotonicMs() + limit.ms;
    this.#timers.set("silence", limit.ms, () => {
      // It is we who were stuck: what the CLI said meanwhile has not been read yet.
      if (this.#deps.clock.monotonicMs() - dueMs > LATE_MS) return this.#watchSilence(phase);
      this.#deps.log.warn({ turnId: run.turnId, ...limit }, "silence limit ran out");
      this.fail(run.turnId, outcomeOfSilence(run.text, limit));
    });
  }
}

/** Not even one round with the model: nothing was done. A turn that worked in silence has rounds. */
const isNoAnswer = ({ errorCode, numTurns }: TurnResult): boolean =>
  errorCode === "empty_result" && numTurns === 0;
