/** A program to start. `env` is complete: nothing is inherited. */
export interface SpawnOptions {
  command: string;
  args?: readonly string[];
  cwd?: string;
  env: Readonly<Record<string, string>>;
  /**
   * Gets all of stdout as it comes; without it stdout is read and thrown away. Must not throw. The chunk's memory is taken
   * back when the call returns: what is to be kept is copied.
   */
  onStdout?: (chunk: Buffer) => void;
  /** The process has closed its stdin while something was still to be written; further writes are refused. */
  onInputBroken?: () => void;
  /** It must not outlive this process, not even when this one is killed; where the system can do that. */
  dieWithParent?: boolean;
  /** How much of the end of stderr is kept. Default 64 KB. */
  stderrTailBytes?: number;
  /** Opens Node's own channel to the child, for messages and the handles that come with them. Must not throw. */
  onMessage?: (message: unknown, handle: unknown) => void;
}

export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The writing end of a child's stdin. A child that does not read, or has gone, never makes it throw. */
export interface ProcessInput {
  /** `false`: the pipe is closed or broken, nothing was taken. `true`: taken, though perhaps not read yet. */
  write(data: string | Uint8Array): boolean;
  end(): void;
  /** Bytes taken but not yet handed to the kernel. */
  readonly pendingBytes: number;
}

/** The channel to a child that was started with `onMessage`. What it no longer takes is dropped. */
export interface ProcessChannel {
  send(message: Record<string, unknown>): void;
  close(): void;
}

/** A running program in a process group of its own. */
export interface ManagedProcess {
  readonly pid: number;
  readonly stdin: ProcessInput;
  /** Only with `onMessage`. */
  readonly channel?: ProcessChannel;
  /** The last bytes of stderr, as text. */
  stderrTail(): string;
  /** Resolves when the process itself has gone. Its output may still be on its way. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /**
   * Resolves when the process has gone and its stdout is read to the end, or 2 s after the exit: a grandchild that
   * inherited the pipe may hold it open for ever. No `onStdout` call comes afterwards. Never rejects.
   */
  readonly drained: Promise<ProcessExit>;
  /** Sends the signal to the whole group. `false` when the process has gone already. */
  kill(signal: NodeJS.Signals): boolean;
}

export type SpawnErrorCode =
  | "not_found"
  | "not_executable"
  | "cwd_missing"
  | "argument_too_long"
  | "no_resources"
  | "failed";

/** Why a program could not be started. */
export class SpawnError extends Error {
  readonly code: SpawnErrorCode;
  readonly command: string;
  constructor(code: SpawnErrorCode, command: string, cause: unknown) {
    super(`${command}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = "SpawnError";
    this.code = code;
    this.command = command;
  }
}

export type SpawnResult = { ok: true; process: ManagedProcess } | { ok: false; error: SpawnError };

/** Starts programs. The real one is `createProcessSpawner`, the one for tests `createFakeSpawner`. */
export interface ProcessSpawner {
  spawn(options: SpawnOptions): Promise<SpawnResult>;
}
