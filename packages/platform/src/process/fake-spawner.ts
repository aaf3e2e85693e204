import {
  type ManagedProcess,
  type ProcessExit,
  type ProcessSpawner,
  SpawnError,
  type SpawnErrorCode,
  type SpawnOptions,
} from "./managed-process.ts";

/** A program that exists only in a test's hands. */
export interface FakeProcess extends ManagedProcess {
  readonly options: SpawnOptions;
  /** Everything written to stdin so far. */
  written(): string;
  readonly inputEnded: boolean;
  readonly signals: readonly NodeJS.Signals[];
  stdout(data: string | Uint8Array): void;
  stderr(text: string): void;
  exit(exit?: Partial<ProcessExit>): void;
}

export interface FakeSpawnerOptions {
  /** Called for each spawn, to script the program: `process.stdout(…)`, `onInput`, `exit()`. */
  onSpawn?: (process: FakeProcess) => void;
  /** Called for each write to stdin. */
  onInput?: (process: FakeProcess, text: string) => void;
  /** Default: exits with code 0. */
  onInputEnd?: (process: FakeProcess) => void;
  /** Default: the signal ends it. */
  onSignal?: (process: FakeProcess, signal: NodeJS.Signals) => void;
}

/** Starts nothing. Set `failNext` to have a spawn fail. */
export interface FakeSpawner extends ProcessSpawner {
  readonly processes: readonly FakeProcess[];
  failNext(code: SpawnErrorCode): void;
}

/** Far above any pid a kernel hands out, so that a slip cannot signal a real process. */
const FIRST_FAKE_PID = 2 ** 30;

export function createFakeSpawner(script: FakeSpawnerOptions = {}): FakeSpawner {
  const processes: FakeProcess[] = [];
  let failure: SpawnErrorCode | undefined;
  return {
    processes,
    failNext(code) {
      failure = code;
    },
    spawn(options) {
      if (failure !== undefined) {
        const error = new SpawnError(failure, options.command, new Error(`fake ${failure}`));
        failure = undefined;
        return Promise.resolve({ ok: false, error });
      }
      const created = createFakeProcess(FIRST_FAKE_PID + processes.length, options, script);
      processes.push(created);
      script.onSpawn?.(created);
      return Promise.resolve({ ok: true, process: created });
    },
  };
}

function createFakeProcess(pid: number, options: SpawnOptions, script: FakeSpawnerOptions): FakeProcess {
  let resolveExit: (exit: ProcessExit) => void = () => undefined;
  const exited = new Promise<ProcessExit>((resolve) => {
    resolveExit = resolve;
  });
  const signals: NodeJS.Signals[] = [];
  let written = "";
  let stderr = "";
  let inputEnded = false;
  let gone = false;
  const fake: FakeProcess = {
    pid,
    options,
    signals,
    exited,
    drained: exited,
    written: () => written,
    get inputEnded() {
      return inputEnded;
    },
    stderrTail: () => stderr,
    stdin: {
      pendingBytes: 0,
      write(data) {
        if (inputEnded || gone) return false;
        const text = typeof data === "string" ? data : Buffer.from(data).toString("utf8");
        written += text;
        script.onInput?.(fake, text);
        return true;
      },
      end() {
        if (inputEnded || gone) return;
        inputEnded = true;
        if (script.onInputEnd === undefined) fake.exit();
        else script.onInputEnd(fake);
      },
    },
    kill(signal) {
      if (gone) return false;
      signals.push(signal);
      if (script.onSignal === undefined) fake.exit({ code: null, signal });
      else script.onSignal(fake, signal);
      return true;
    },
    stdout(data) {
      const chunk = Buffer.from(data);
      if (!gone) options.onStdout?.(chunk);
      chunk.fill(0);
    },
    stderr(text) {
      stderr += text;
    },
    exit({ code, signal = null } = {}) {
      gone = true;
      resolveExit({ code: signal === null ? (code ?? 0) : null, signal });
    },
  };
  return fake;
}
