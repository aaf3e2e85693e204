import { type Clock, createSystemClock } from "../clock.ts";
import { endProcessTree } from "./end-process-tree.ts";
import type { ProcessSpawner, SpawnError, SpawnOptions } from "./managed-process.ts";
import { createProcessSpawner } from "./spawn-process.ts";

export type CommandResult =
  | { ok: true; code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }
  | { ok: false; reason: "spawn"; error: SpawnError }
  | { ok: false; reason: "timeout" | "too_much_output"; stdout: string; stderr: string };

export interface CommandOptions extends Omit<SpawnOptions, "onStdout"> {
  timeoutMs: number;
  /** Default 1 MB. */
  maxOutputBytes?: number;
}

/** Runs a short program to its end with nothing on stdin. Never throws; `ok` says that it ended by itself. */
export async function runCommand(
  options: CommandOptions,
  deps: { spawner?: ProcessSpawner; clock?: Clock } = {},
): Promise<CommandResult> {
  const clock = deps.clock ?? createSystemClock();
  const spawner = deps.spawner ?? createProcessSpawner();
  const maxOutputBytes = options.maxOutputBytes ?? 1_048_576;
  const chunks: Buffer[] = [];
  let bytes = 0;
  const overflow = new AbortController();
  const spawned = await spawner.spawn({
    ...options,
    onStdout: (chunk) => {
      bytes += chunk.length;
      if (bytes > maxOutputBytes) overflow.abort();
      else chunks.push(Buffer.from(chunk));
    },
  });
  if (!spawned.ok) return { ok: false, reason: "spawn", error: spawned.error };
  const child = spawned.process;
  child.stdin.end();
  const finished = new AbortController();
  const stopped = clock.sleep(options.timeoutMs, AbortSignal.any([overflow.signal, finished.signal])).then(
    () => "timeout" as const,
    () => "too_much_output" as const,
  );
  const outcome = await Promise.race([child.drained, stopped]);
  finished.abort();
  const output = (): { stdout: string; stderr: string } => ({
    stdout: Buffer.concat(chunks).toString("utf8"),
    stderr: child.stderrTail(),
  });
  if (typeof outcome === "object" && !overflow.signal.aborted) return { ok: true, ...outcome, ...output() };
  await endProcessTree(child, { inputEndMs: 0, terminateMs: 1_000, killMs: 1_000 }, { clock });
  return { ok: false, reason: overflow.signal.aborted ? "too_much_output" : "timeout", ...output() };
}
