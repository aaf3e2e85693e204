import type {
  CliDriver,
  CliExit,
  CliHost,
  CliLaunch,
  CliPermissionMode,
  CliSession,
  CliTurn,
  ToolPermissionDecision,
  ToolPermissionRequest,
} from "./cli-driver.ts";
import { CliError } from "./cli-driver.ts";
import type { CliEvent, TurnResult } from "./cli-event.ts";

/** A turn in the hands of a script. Everything it does arrives at the host as from the real CLI. */
export interface FakeTurn {
  readonly text: string;
  readonly uuid: string;
  readonly session: FakeSession;
  emit(event: CliEvent): void;
  delta(text: string): void;
  /** Asks the host before the tool, then reports it; resolves when the host let it run, rejects when it did not. */
  tool(name: string, input: unknown): Promise<{ finish(isError?: boolean): void }>;
  /**
   * Asks the host before the tool and then for its permission, as for a tool that needs one. Withdrawn when the turn or
   * the process ends first, or by `signal`; `outlives`: only by that, as from a sub-agent in the background.
   * `parentToolUseId`: the sub-agent's call is told first, as the CLI tells it.
   */
  askPermission(
    name: string,
    input: Record<string, unknown>,
    more?: Partial<ToolPermissionRequest> & {
      signal?: AbortSignal;
      outlives?: boolean;
      parentToolUseId?: string;
    },
  ): Promise<ToolPermissionDecision>;
  /** Ends the turn well with this answer. */
  answer(text: string): void;
  /** Ends the turn with any other result. */
  end(result: Partial<TurnResult>): void;
}

/** What the fake CLI does with a turn. A script that returns without ending the turn leaves it open: it hangs. */
export type FakeScript = (turn: FakeTurn) => void | Promise<void>;

export interface FakeSession extends CliSession {
  readonly launch: CliLaunch;
  readonly turns: readonly CliTurn[];
  readonly alive: boolean;
  /** What it was told since its launch. */
  readonly modes: readonly CliPermissionMode[];
  /** From now on it says that what runs has cost this much since its last result. */
  costs(usd: number): void;
  /** The process goes by itself. */
  crash(code?: number): void;
  /** Somebody else ends it by a signal. */
  kill(signal?: NodeJS.Signals): void;
}

export interface FakeCliDriver extends CliDriver {
  readonly launches: readonly CliLaunch[];
  readonly sessions: readonly FakeSession[];
  script: FakeScript;
  /** The next `open` calls fail with these, in order. */
  failOpen(...errors: CliError[]): void;
  /** While true, `interrupt` is acknowledged and nothing else happens. */
  ignoreInterrupts: boolean;
  /** `setModel` is refused with these words. */
  refuseModels: string | null;
  /** While true, processes go on when they are asked to end; only `now` ends them. */
  ignoreEnds: boolean;
  /** What nothing guards any more; a new process has guards again. */
  changedGuards: readonly string[];
  /** What the running turn has cost so far. */
  turnCostUsd: number | null;
  /** While false, a turn begins without the CLI's own sign of life. */
  announceTurns: boolean;
}

/** Answers every turn with its own text. */
export const echoScript: FakeScript = (turn) => {
  turn.emit({ type: "user_replayed", uuid: turn.uuid });
  turn.delta("echo: ");
  turn.delta(turn.text);
  turn.answer(`echo: ${turn.text}`);
};

/** An in-memory CliDriver for tests of everything above it. Keeps to the port's promises, one turn at a time included. */
export const createFakeCliDriver = (options: { script?: FakeScript } = {}): FakeCliDriver => {
  const launches: CliLaunch[] = [];
  const sessions: FakeSession[] = [];
  const failures: CliError[] = [];
  let nextPid = 10_001;

  const driver: FakeCliDriver = {
    launches,
    sessions,
    script: options.script ?? echoScript,
    ignoreInterrupts: false,
    ignoreEnds: false,
    announceTurns: true,
    turnCostUsd: null,
    changedGuards: [],
    refuseModels: null,
    failOpen: (...errors) => {
      failures.push(...errors);
    },
    open: async (launch, host) => {
      launches.push(launch);
      const failure = failures.shift();
      if (failure) throw failure;
      driver.changedGuards = [];
      const session = openSession(driver, launch, host, nextPid++);
      sessions.push(session);
      return session;
    },
  };
  return driver;
};

const openSession = (driver: FakeCliDriver, launch: CliLaunch, host: CliHost, pid: number): FakeSession => {
  const turns: CliTurn[] = [];
  const modes: CliPermissionMode[] = [];
  let questions = new AbortController();
  let busy = false;
  let alive = true;
  let costUsd: number | null = null;
  let model = launch.model;
  let resolveExit: (exit: CliExit) => void = () => undefined;
  const exited = new Promise<CliExit>((resolve) => {
    resolveExit = resolve;
  });
  const exit = (
    code: number | null,
    reason: CliExit["reason"],
    signal: NodeJS.Signals | null = null,
  ): Promise<CliExit> => {
    if (alive) {
      alive = false;
      questions.abort();
      resolveExit({ code, signal, stderrTail: "", reason, swept: 0 });
    }
    return exited;
  };
  const endTurn = (result: Partial<TurnResult>): void => {
    if (!busy || !alive) return;
    busy = false;
    costUsd = null;
    questions.abort();
    host.onEvent({ ...plainResult(launch.cliSessionId), ...result });
  };

  const session: FakeSession = {
    pid,
    launch,
    turns,
    modes,
    exited,
    get alive() {
      return alive;
    },
    info: {
      version: launch.binary.version,
      account: { email: null, subscription: null, tokenSource: null, apiKeySource: "ANTHROPIC_API_KEY" },
      models: [
        { value: "default", displayName: "Default (recommended)" },
        { value: "haiku", displayName: "Haiku" },
      ],
      commands: [],
    },
    sendTurn: (turn) => {
      if (!alive) throw new CliError("cli_exited", "the fake process is gone");
      if (busy) throw new CliError("cli_busy", "a turn is in flight");
      busy = true;
      questions = new AbortController();
      turns.push(turn);
      // As from a process: nothing arrives before the caller has gone on.
      queueMicrotask(() => {
        if (!alive) return;
        if (driver.announceTurns) host.onEvent(startedEvent(launch, model));
        const running = makeTurn(session, host, turn, endTurn, questions.signal);
        void Promise.resolve(driver.script(running)).catch((error: unknown) => {
          endTurn({ ok: false, isError: true, errorCode: "unknown", text: String(error) });
        });
      });
    },
    interrupt: async () => {
      if (!alive) throw new CliError("cli_exited", "the fake process is gone");
      if (driver.ignoreInterrupts) return;
      endTurn({
        ok: false,
        isError: true,
        subtype: "error_during_execution",
        errorCode: "aborted",
        terminalReason: "aborted_streaming",
        text: "",
      });
    },
    setModel: async (wanted) => {
      if (!alive) throw new CliError("cli_exited", "the fake process is gone");
      if (driver.refuseModels !== null) throw new CliError("cli_request_failed", driver.refuseModels);
      model = wanted;
    },
    setPermissionMode: async (mode) => {
      if (mode === "bypassPermissions") throw new CliError("cli_request_failed", "not launched with it");
      modes.push(mode);
    },
    end: (how = "graceful") => (driver.ignoreEnds && how === "graceful" ? exited : exit(0, "ended")),
    endChildren: async () => 0,
    changedGuards: () => driver.changedGuards,
    turnCostUsd: async () => {
      if (!alive) throw new CliError("cli_exited", "the fake process is gone");
      return costUsd ?? driver.turnCostUsd;
    },
    costs: (usd) => {
      costUsd = usd;
    },
    crash: (code = 1) => {
      void exit(code, "exited");
    },
    kill: (signal = "SIGKILL") => {
      void exit(null, "killed", signal);
    },
  };
  return session;
};

const makeTurn = (
  session: FakeSession,
  host: CliHost,
  turn: CliTurn,
  end: (result: Partial<TurnResult>) => void,
  over: AbortSignal,
): FakeTurn => {
  let tools = 0;
  const nextToolUseId = (): string => {
    tools += 1;
    return `toolu_${turn.uuid.slice(0, 8)}_${tools}`;
  };
  const emit = (event: CliEvent): void => {
    if (session.alive) host.onEvent(event);
  };
  return {
    text: turn.text,
    uuid: turn.uuid,
    session,
    emit,
    delta: (text) => emit({ type: "text_delta", text, parentToolUseId: null }),
    tool: async (name, input) => {
      const toolUseId = nextToolUseId();
      emit({ type: "tool_started", toolUseId, name, parentToolUseId: null });
      emit({
        type: "tool_input",
        toolUseId,
        name,
        input,
        summary: JSON.stringify(input).slice(0, 200),
        parentToolUseId: null,
      });
      await host.beforeTool({ toolUseId, name, input });
      return {
        finish: (isError = false) =>
          emit({ type: "tool_finished", toolUseId, isError, durationMs: 1, parentToolUseId: null }),
      };
    },
    askPermission: async (name, input, { signal, outlives = false, parentToolUseId, ...more } = {}) => {
      const call = { toolUseId: nextToolUseId(), name, input };
      if (parentToolUseId !== undefined)
        emit({ type: "tool_input", ...call, summary: name, parentToolUseId });
      await host.beforeTool(call);
      return host.decideTool(
        { ...call, description: null, reason: null, blockedPath: null, suggestions: [], ...more },
        AbortSignal.any([...(outlives ? [] : [over]), ...(signal === undefined ? [] : [signal])]),
      );
    },
    answer: (text) => {
      emit({
        type: "assistant_text",
        text,
        messageId: `msg_${turn.uuid.slice(0, 8)}`,
        parentToolUseId: null,
      });
      end({ text });
    },
    end,
  };
};

const startedEvent = (launch: CliLaunch, model: string | undefined): CliEvent => ({
  type: "turn_started",
  sessionId: launch.cliSessionId,
  model: model ?? "fake-model",
  tools: ["Bash"],
  permissionMode: launch.permissionMode ?? "default",
  version: launch.binary.version,
});

/** How a turn ends that nothing went wrong in. */
export const plainResult = (sessionId: string): TurnResult => ({
  type: "turn_result",
  ok: true,
  isError: false,
  subtype: "success",
  text: "",
  errorCode: null,
  numTurns: 1,
  terminalReason: null,
  usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheCreationTokens: 0 },
  costUsd: 0.001,
  sessionId,
  permissionDenials: [],
  unsolicited: false,
});
