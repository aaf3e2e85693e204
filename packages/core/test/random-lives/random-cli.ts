import { type CliDriver, CliError } from "@steward/claude/cli-driver";
import { createFakeCliDriver, type FakeCliDriver, type FakeTurn } from "@steward/claude/fake-cli-driver";
import { expect } from "vitest";
import { unaskedResult } from "../unasked-result.ts";

/** What a CLI may do next with a turn in its hands. */
export type CliMove =
  | "answer"
  | "delta"
  | "tool"
  | "finish_tool"
  | "crash"
  | "exit_0"
  | "kill"
  | "no_answer"
  | "api_error"
  | "usage_limit"
  | "unasked";

const ENDING: readonly CliMove[] = ["answer", "no_answer", "api_error", "usage_limit"];

interface OpenTurn {
  turn: FakeTurn;
  finishTool: (() => void) | null;
}

/** All CLIs that ever ran, over all starts of the service, and what may never be true of them. */
export class CliCensus {
  /** How often each prompt was sent. */
  readonly sends = new Map<string, number>();
  /** Prompts of which a tool has run. */
  readonly toolsRan = new Set<string>();
  /** First sends, in order. */
  readonly firstSends: string[] = [];
  /** What must never be, noted where an exception would be nobody's. */
  readonly violations: string[] = [];

  sent(text: string): void {
    if (this.toolsRan.has(text)) this.violations.push(`${text} is run again although a tool ran`);
    if (!this.firstSends.includes(text)) this.firstSends.push(text);
    const times = (this.sends.get(text) ?? 0) + 1;
    this.sends.set(text, times);
    if (times > 2) this.violations.push(`${text} is sent a third time`);
  }

  /** The plan's limit refused it: that was no attempt. */
  refused(text: string): void {
    this.sends.set(text, (this.sends.get(text) ?? 1) - 1);
  }
}

/** A fake CLI under an outside hand: it opens when it is let, works as it is told, and is counted. */
export class RandomCli {
  readonly fake: FakeCliDriver;
  readonly driver: FakeCliDriver;
  holdOpens = false;
  wellBehaved = false;
  readonly #census: CliCensus;
  readonly #limits: { maxLive: number; maxSpawning: number };
  readonly #now: () => number;
  readonly #open: OpenTurn[] = [];
  readonly #heldOpens: (() => void)[] = [];
  readonly #openingIn: string[] = [];

  constructor(census: CliCensus, limits: { maxLive: number; maxSpawning: number }, now: () => number) {
    this.#census = census;
    this.#now = now;
    this.#limits = limits;
    this.fake = createFakeCliDriver({ script: (turn) => this.#work(turn) });
    const open: CliDriver["open"] = (launch, host) => this.#openOne(launch, host);
    // The fake's own switches stay its own: only `open` is another.
    this.driver = new Proxy(this.fake, {
      get: (target, name) => (name === "open" ? open : Reflect.get(target, name)),
    });
  }

  get alive(): number {
    return this.fake.sessions.filter(({ alive }) => alive).length;
  }

  /** One of the open turns moves; which one is `pick` modulo their number. */
  move(pick: number, move: CliMove): void {
    const working = this.#open.filter(({ turn }) => turn.session.alive);
    const open = working[pick % Math.max(working.length, 1)];
    if (!open) return;
    const { turn } = open;
    if (ENDING.includes(move)) this.#close(open);
    const moves: Record<CliMove, () => unknown> = {
      answer: () => turn.answer(`answer to ${turn.text}`),
      delta: () => turn.delta("word "),
      tool: () => this.#runTool(open),
      finish_tool: () => open.finishTool?.(),
      crash: () => turn.session.crash(1),
      exit_0: () => turn.session.crash(0),
      kill: () => turn.session.kill(),
      no_answer: () => turn.end({ ok: false, errorCode: "empty_result", numTurns: 0 }),
      api_error: () => turn.end({ ok: false, isError: true, errorCode: "overloaded", text: "overloaded" }),
      usage_limit: () => this.#refuse(turn),
      unasked: () =>
        turn.emit({
          ...unaskedResult,
          text: "a background task is done",
          sessionId: turn.session.launch.cliSessionId,
        }),
    };
    moves[move]();
  }

  letOpen(): void {
    this.holdOpens = false;
    for (const release of this.#heldOpens.splice(0)) release();
  }

  /** From now on it answers whatever it is asked. What hangs already hangs on: to get rid of it is not its business. */
  behave(): void {
    this.wellBehaved = true;
    Object.assign(this.fake, { ignoreInterrupts: false, ignoreEnds: false, announceTurns: true });
    this.letOpen();
  }

  /** The service that owned it is dead: its processes are ended by the next start, and nobody hears of them. */
  orphan(): void {
    this.#open.length = 0;
    this.#heldOpens.length = 0;
  }

  /** Also at each start, where nobody would hear an exception. */
  #noteBounds(): void {
    const folders = [
      ...this.fake.sessions.filter(({ alive }) => alive).map(({ launch }) => launch.cwd),
      ...this.#openingIn,
    ];
    const { violations } = this.#census;
    if (new Set(folders).size !== folders.length) violations.push("two processes for one chat");
    if (folders.length > this.#limits.maxLive) violations.push("more processes than places");
    if (this.#openingIn.length > this.#limits.maxSpawning)
      violations.push("more starts at once than allowed");
  }

  async #openOne(...[launch, host]: Parameters<CliDriver["open"]>): ReturnType<CliDriver["open"]> {
    this.#openingIn.push(launch.cwd);
    this.#noteBounds();
    try {
      if (this.holdOpens) await new Promise<void>((resolve) => this.#heldOpens.push(resolve));
      return await this.fake.open(launch, host);
    } finally {
      this.#openingIn.splice(this.#openingIn.indexOf(launch.cwd), 1);
    }
  }

  #work(turn: FakeTurn): void {
    this.#census.sent(turn.text);
    if (this.wellBehaved) turn.answer(`answer to ${turn.text}`);
    else this.#open.push({ turn, finishTool: null });
  }

  async #runTool(open: OpenTurn): Promise<void> {
    try {
      const tool = await open.turn.tool("Bash", { command: "make" });
      // The host has said yes: from here on it runs.
      this.#census.toolsRan.add(open.turn.text);
      open.finishTool = () => tool.finish();
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
    }
  }

  #refuse(turn: FakeTurn): void {
    this.#census.refused(turn.text);
    turn.end({
      ok: false,
      isError: true,
      errorCode: "usage_limit",
      text: "You've hit your limit",
      resetsAtMs: this.#now() + 120_000,
    });
  }

  #close(open: OpenTurn): void {
    const index = this.#open.indexOf(open);
    if (index >= 0) this.#open.splice(index, 1);
  }
}

export const START_FAILURES = [
  "cli_not_found",
  "cli_exited",
  "cli_handshake_timeout",
  "cli_session_missing",
] as const;

export const startFailure = (pick: number): CliError =>
  new CliError(START_FAILURES[pick % START_FAILURES.length] ?? "cli_exited", "at random");
