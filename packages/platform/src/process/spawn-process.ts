import { type ChildProcess, spawn } from "node:child_process";
import { statSync } from "node:fs";
import {
  type ManagedProcess,
  type ProcessChannel,
  type ProcessExit,
  type ProcessInput,
  type ProcessSpawner,
  SpawnError,
  type SpawnErrorCode,
  type SpawnOptions,
  type SpawnResult,
} from "./managed-process.ts";
import { readAndRelease } from "./read-and-release.ts";
import { createTailBuffer } from "./tail-buffer.ts";
import { createParentTie, type ParentTie } from "./tie-to-parent.ts";

const DEFAULT_STDERR_TAIL_BYTES = 65_536;
/** How long after the exit we still read: what the process wrote last is in the pipe and comes within milliseconds. */
const DRAIN_AFTER_EXIT_MS = 2_000;

export function createProcessSpawner(): ProcessSpawner {
  let tie: ParentTie | undefined;
  return {
    spawn: (options) => {
      if (options.dieWithParent !== true) return spawnProcess(options);
      tie ??= createParentTie();
      return spawnProcess({
        ...options,
        ...tie.tied({ command: options.command, args: options.args ?? [] }),
      });
    },
  };
}

/**
 * Starts a program in its own process group (a group kill must never hit our own group) and reads both of its
 * outputs at once, so that a full stderr pipe cannot stop it.
 */
export function spawnProcess(options: SpawnOptions): Promise<SpawnResult> {
  return new Promise((resolve) => {
    const fail = (cause: unknown): void => resolve({ ok: false, error: toSpawnError(options, cause) });
    let child: ChildProcess;
    try {
      child = spawn(options.command, [...(options.args ?? [])], {
        cwd: options.cwd,
        env: { ...options.env },
        detached: true,
        stdio: ["pipe", "pipe", "pipe", ...(options.onMessage === undefined ? [] : (["ipc"] as const))],
      });
    } catch (cause) {
      // Some failures (E2BIG, a NUL byte in an argument) are thrown instead of emitted.
      fail(cause);
      return;
    }
    child.once("error", fail);
    child.once("spawn", () => {
      child.off("error", fail);
      // A later 'error' means that a signal could not be sent; `kill` reports that by its result.
      child.on("error", () => undefined);
      resolve({ ok: true, process: manage(child, options) });
    });
  });
}

function manage(child: ChildProcess, options: SpawnOptions): ManagedProcess {
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined || stdin === null || stdout === null || stderr === null) {
    throw new Error("a spawned child has a pid and three pipes");
  }
  const tail = createTailBuffer(options.stderrTailBytes ?? DEFAULT_STDERR_TAIL_BYTES);
  readAndRelease(stderr, (chunk) => tail.push(chunk));
  readAndRelease(stdout, (chunk) => options.onStdout?.(chunk));
  // Reading from a pipe fails only when it is torn down; the exit is what counts then.
  stdout.on("error", () => undefined);
  stderr.on("error", () => undefined);

  const { onMessage } = options;
  if (onMessage !== undefined) child.on("message", (message, handle) => onMessage(message, handle));

  let gone = false;
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once("exit", (code, signal) => {
      gone = true;
      resolve({ code, signal });
    });
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const drained = exited.then(async (exit) => {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, DRAIN_AFTER_EXIT_MS);
    });
    await Promise.race([closed, enough]);
    clearTimeout(timer);
    stdout.removeAllListeners("data");
    stdout.destroy();
    stderr.destroy();
    stdin.destroy();
    return exit;
  });

  return {
    pid,
    stdin: manageInput(stdin, options.onInputBroken),
    ...(onMessage === undefined ? {} : { channel: manageChannel(child) }),
    stderrTail: () => tail.text(),
    exited,
    drained,
    // Once it is reaped the number may belong to a stranger's group: what is left of ours is found by its marker.
    kill: (signal) => !gone && signalGroup(pid, signal),
  };
}

function manageInput(
  stdin: NonNullable<ChildProcess["stdin"]>,
  onBroken: (() => void) | undefined,
): ProcessInput {
  let broken = false;
  // EPIPE and ECONNRESET: the child closed its end. Its exit, or its silence, is what the caller acts on.
  stdin.on("error", () => {
    if (broken) return;
    broken = true;
    onBroken?.();
  });
  return {
    write(data) {
      if (broken || stdin.writableEnded || stdin.destroyed) return false;
      stdin.write(data);
      return true;
    },
    end() {
      if (!stdin.writableEnded && !stdin.destroyed) stdin.end();
    },
    get pendingBytes() {
      return stdin.writableLength;
    },
  };
}

function manageChannel(child: ChildProcess): ProcessChannel {
  return {
    send(message) {
      // A child that has gone meanwhile reports itself by its exit.
      if (child.connected) child.send(message, () => undefined);
    },
    close() {
      if (child.connected) child.disconnect();
    },
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    // ESRCH: gone between our look and the call. EPERM: every member has changed its user. Neither can be helped.
    return false;
  }
}

const CODES: Readonly<Record<string, SpawnErrorCode>> = {
  ENOENT: "not_found",
  ENOTDIR: "not_found",
  EACCES: "not_executable",
  ENOEXEC: "not_executable",
  E2BIG: "argument_too_long",
  EAGAIN: "no_resources",
  ENOMEM: "no_resources",
  EMFILE: "no_resources",
  ENFILE: "no_resources",
};

function toSpawnError(options: SpawnOptions, cause: unknown): SpawnError {
  const errno = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  // The kernel says ENOENT for a missing working directory as well.
  if (options.cwd !== undefined && !isDirectory(options.cwd)) {
    return new SpawnError("cwd_missing", options.command, cause);
  }
  return new SpawnError(CODES[errno] ?? "failed", options.command, cause);
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
