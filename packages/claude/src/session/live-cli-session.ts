import { DEFAULT_END_PLAN, type EndPlan } from "@steward/platform/process";
import {
  CliError,
  type CliExit,
  type CliHost,
  type CliLaunch,
  type CliPermissionMode,
  type CliSession,
  type CliSessionInfo,
  type CliTurn,
} from "../cli-driver.ts";
import type { CliEvent } from "../cli-event.ts";
import { createEventDecoder, type EventDecoder } from "../codec/event-decoder.ts";
import { asObject, asText, parseRawMessage, type RawMessage } from "../codec/raw-message.ts";
import { awaitToolServer } from "./await-tool-server.ts";
import { type CliProcess, type CliProcessDeps, startCliProcess } from "./cli-process.ts";
import { type ControlChannel, createControlChannel } from "./control-channel.ts";
import { buildInitializeRequest, explainEarlyExit, readHandshake } from "./handshake.ts";
import { createHostRequests } from "./host-requests.ts";
import { createOwnTurns, type OwnTurns } from "./own-turns.ts";
import { readSessionCost, sessionCostRequest } from "./session-cost.ts";
import { createTurnProcesses, type TurnProcesses } from "./turn-processes.ts";
import { encodeTurn, isCommand } from "./user-line.ts";

const DEFAULT_HANDSHAKE_TIMEOUT_MS = 30_000;
/** Requests are answered in milliseconds, an interrupt that kills a process tree in a few hundred. */
const REQUEST_TIMEOUT_MS = 10_000;
/** First step of a graceful end while a turn runs. */
const INTERRUPT_ON_END_MS = 2_000;
/**
 * The CLI saves its transcript some 100 ms behind and loses the whole turn when it is killed before; on SIGTERM it
 * saves first. So `now` starts with SIGTERM, and SIGKILL comes long after the first 150 ms of any result.
 */
const END_NOW_PLAN: EndPlan = { inputEndMs: 0, terminateMs: 2_000, killMs: 2_000 };

interface TurnInFlight {
  uuid: string;
  isCommand: boolean;
  /** The CLI has taken up our line. */
  replayed: boolean;
}

/** A live CLI: writes turns, reads events, answers questions. One turn at a time. */
export class LiveCliSession implements CliSession {
  readonly #launch: CliLaunch;
  readonly #host: CliHost;
  readonly #deps: CliProcessDeps;
  readonly #control: ControlChannel;
  readonly #decoder: EventDecoder;
  readonly #ownTurns: OwnTurns = createOwnTurns();
  readonly #resultWaiters = new Set<() => void>();
  #parts: { process: CliProcess; turnProcesses: TurnProcesses } | undefined;
  #info: CliSessionInfo | undefined;
  #turn: TurnInFlight | undefined;
  #isEnding = false;
  #badLines = 0;
  #hasResult = false;

  private constructor(launch: CliLaunch, host: CliHost, deps: CliProcessDeps) {
    this.#launch = launch;
    this.#host = host;
    this.#deps = deps;
    this.#decoder = createEventDecoder(deps.clock);
    this.#control = createControlChannel({
      clock: deps.clock,
      send: (message) => this.#parts?.process.write(JSON.stringify(message)) ?? false,
      handle: createHostRequests({
        host: {
          decideTool: (request, signal) => host.decideTool(request, signal),
          beforeTool: async (call) => {
            this.#assertGuarded();
            await host.beforeTool(call);
          },
        },
        onToolAsked: () => this.#parts?.turnProcesses.remember(),
        onToolAllowed: (toolUseId) => this.#decoder.restartTool(toolUseId),
        onUnknown: (subtype) => this.#emit({ type: "unknown", rawType: `control_request/${subtype}` }),
      }),
    });
  }

  /** @throws CliError */
  static async open(
    launch: CliLaunch,
    host: CliHost,
    deps: CliProcessDeps,
    signal?: AbortSignal,
  ): Promise<LiveCliSession> {
    signal?.throwIfAborted();
    const session = new LiveCliSession(launch, host, deps);
    await session.#start();
    const callOff = (): void => void session.end("now");
    signal?.addEventListener("abort", callOff, { once: true });
    if (signal?.aborted) callOff();
    try {
      await session.#shakeHands();
      if (launch.toolServer !== undefined) {
        const { clock, log } = deps;
        await awaitToolServer(launch.toolServer.name, { control: session.#control, clock, log, signal });
      }
    } finally {
      signal?.removeEventListener("abort", callOff);
    }
    if (launch.resume) session.#learnEarlierCost();
    return session;
  }

  get pid(): number {
    return this.#started.process.pid;
  }

  get exited(): Promise<CliExit> {
    return this.#started.process.exited;
  }

  changedGuards(): readonly string[] {
    return this.#started.process.changedGuards();
  }

  get info(): CliSessionInfo {
    if (this.#info === undefined) throw new Error("a session is handed out after its handshake");
    return this.#info;
  }

  sendTurn(turn: CliTurn): void {
    const { process, turnProcesses } = this.#started;
    if (process.isGone || this.#isEnding) throw new CliError("cli_exited", "the process is gone or going");
    // A second line would be merged into the running turn, and one result would answer both.
    if (this.#turn !== undefined) throw new CliError("cli_busy", `turn ${this.#turn.uuid} is in flight`);
    const { allowCommands } = this.#launch;
    turnProcesses.forget();
    this.#turn = { uuid: turn.uuid, isCommand: isCommand(turn, allowCommands), replayed: false };
    if (!process.write(encodeTurn(turn, allowCommands))) {
      this.#turn = undefined;
      throw new CliError("cli_exited", "the process has closed its stdin");
    }
  }

  async interrupt(): Promise<void> {
    await this.#control.request({ subtype: "interrupt" }, REQUEST_TIMEOUT_MS);
  }

  async setModel(model?: string): Promise<void> {
    await this.#control.request({ subtype: "set_model", model: model ?? "default" }, REQUEST_TIMEOUT_MS);
  }

  async setPermissionMode(mode: CliPermissionMode): Promise<void> {
    await this.#control.request({ subtype: "set_permission_mode", mode }, REQUEST_TIMEOUT_MS);
  }

  async turnCostUsd(): Promise<number | null> {
    const totalUsd = await this.#askCost();
    return totalUsd === null ? null : Math.max(totalUsd - this.#decoder.costUsd, 0);
  }

  async end(how: "graceful" | "now" = "graceful"): Promise<CliExit> {
    const { process } = this.#started;
    const isFirst = !this.#isEnding;
    this.#isEnding = true;
    if (how === "now") return await process.end(END_NOW_PLAN);
    if (!isFirst || process.isGone) return await process.exited;
    if (this.#turn !== undefined) await this.#interruptBeforeEnd();
    return await process.end(DEFAULT_END_PLAN);
  }

  async endChildren(): Promise<number> {
    return await this.#started.turnProcesses.end();
  }

  /** Every step of the agent's is a tool: without one it cannot use what has lost its guard. */
  #assertGuarded(): void {
    const changed = this.changedGuards();
    if (changed.length === 0) return;
    throw new Error(
      `${changed.join(", ")} changed outside while you work, and the sandbox has to be set up again. ` +
        "No tool runs until then. End your turn now and say so: it is set up again before the next message.",
    );
  }

  get #started(): { process: CliProcess; turnProcesses: TurnProcesses } {
    if (this.#parts === undefined) throw new Error("a session is handed out after its start");
    return this.#parts;
  }

  async #start(): Promise<void> {
    const process = await startCliProcess(
      this.#launch,
      {
        onLine: (line) => this.#receiveLine(line),
        onOversize: (bytes) => this.#emit({ type: "oversize_line", bytes }),
        onInputBroken: () => {
          this.#deps.log.warn({}, "the cli has closed its stdin");
          void this.end("now");
        },
        onGone: (how) => {
          this.#control.close(new CliError("cli_exited", how));
          this.#wakeResultWaiters();
        },
      },
      this.#deps,
    );
    const { clock, table } = this.#deps;
    const turnProcesses = createTurnProcesses({
      pid: process.pid,
      marker: this.#launch.marker,
      table,
      clock,
    });
    this.#parts = { process, turnProcesses };
  }

  async #shakeHands(): Promise<void> {
    const timeoutMs = this.#launch.handshakeTimeoutMs ?? DEFAULT_HANDSHAKE_TIMEOUT_MS;
    try {
      const request = buildInitializeRequest(this.#launch);
      const response = await this.#control.request(request, timeoutMs);
      this.#info = readHandshake(response, this.#launch.binary.version);
    } catch (error) {
      const exit = await this.end("now");
      if (!(error instanceof CliError)) throw error;
      if (error.code === "cli_exited") throw explainEarlyExit(exit.code, exit.signal, exit.stderrTail);
      if (error.code !== "cli_request_timeout") throw error;
      throw new CliError(
        "cli_handshake_timeout",
        `no answer within ${timeoutMs} ms: ${exit.stderrTail.trim()}`,
      );
    }
  }

  async #askCost(): Promise<number | null> {
    const request = sessionCostRequest(this.info.account.apiKeySource !== null);
    return readSessionCost(await this.#control.request(request, REQUEST_TIMEOUT_MS));
  }

  /** Not waited for: the answer is there long before the first result, and nothing else needs it. */
  #learnEarlierCost(): void {
    this.#askCost().then(
      (usd) => {
        if (usd !== null && !this.#hasResult) this.#decoder.startAtCost(usd);
      },
      (error: unknown) => this.#deps.log.debug({ err: error }, "the cli does not tell what was spent before"),
    );
  }

  #receiveLine(line: string): void {
    const raw = parseRawMessage(line);
    if (raw === undefined) {
      this.#badLines += 1;
      this.#emit({ type: "bad_line", count: this.#badLines });
      return;
    }
    if (this.#control.receive(raw)) return;
    if (raw.type === "result") {
      this.#receiveResult(raw);
      return;
    }
    for (const event of this.#decoder.decode(raw)) {
      if (event.type === "user_replayed" && event.uuid === this.#turn?.uuid) this.#turn.replayed = true;
      const phase = this.#ownTurns.see(event, this.#turn);
      if (phase !== null) this.#emit({ type: "own_turn", phase });
      this.#emit(event);
    }
  }

  #receiveResult(raw: RawMessage): void {
    this.#hasResult = true;
    const turn = this.#turn;
    // The CLI takes turns of its own when a background task of its ends. One may be running when ours is sent: ours
    // then waits, or is taken into it, which the acknowledgement of our line tells.
    const ofItsOwn = asText(asObject(raw.origin)?.kind) === "task-notification";
    const unsolicited = turn === undefined || (ofItsOwn && !turn.replayed);
    if (!unsolicited) this.#turn = undefined;
    this.#ownTurns.ended();
    const context = { isCommand: turn?.isCommand === true, unsolicited };
    for (const event of this.#decoder.decodeResult(raw, context)) this.#emit(event);
    this.#wakeResultWaiters();
  }

  #emit(event: CliEvent): void {
    try {
      this.#host.onEvent(event);
    } catch (error) {
      // A host's mistake must not end the reading of its own process.
      this.#deps.log.error({ err: error, event: event.type }, "cli event handler failed");
    }
  }

  async #interruptBeforeEnd(): Promise<void> {
    let wake: () => void = () => undefined;
    const resultOrGone = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.#resultWaiters.add(wake);
    const timer = this.#deps.clock.setTimer(INTERRUPT_ON_END_MS, wake);
    this.#control.request({ subtype: "interrupt" }, INTERRUPT_ON_END_MS).catch((error: unknown) => {
      this.#deps.log.debug({ err: error }, "no answer to the interrupt before the end");
    });
    await resultOrGone;
    timer.cancel();
    this.#resultWaiters.delete(wake);
  }

  #wakeResultWaiters(): void {
    for (const wake of this.#resultWaiters) wake();
  }
}
