import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Transcriber } from "@steward/core/transcription/transcriber";
import { endProcessTree, type ProcessExit, type ProcessSpawner } from "@steward/platform/process";
import type { TranscriptionSetting } from "./transcription-setting.ts";

/** Far more than anybody says in one message. */
const MAX_OUTPUT_BYTES = 1_048_576;
const END_PLAN = { inputEndMs: 0, terminateMs: 2_000, killMs: 2_000 };

/**
 * The owner's own command: the recording's path is its last argument, what it prints is what was said. It gets a copy in a
 * folder that only we write to: the agent may change files in its workspace while they are listened to.
 *
 * @param deps.directory holds the copies; emptied at the start
 * @param deps.env complete: nothing is inherited
 */
export function createCommandTranscriber(
  { argv, timeoutMs }: Extract<TranscriptionSetting, { mode: "command" }>,
  deps: { directory: string; env: Readonly<Record<string, string>>; spawner: ProcessSpawner },
): Transcriber {
  const [command, ...args] = argv;

  const run = async (path: string, signal: AbortSignal): Promise<string> => {
    const output: Buffer[] = [];
    let bytes = 0;
    const spawned = await deps.spawner.spawn({
      command,
      args: [...args, path],
      cwd: deps.directory,
      env: deps.env,
      dieWithParent: true,
      onStdout: (chunk) => {
        bytes += chunk.length;
        // The chunk's memory is taken back when this returns.
        if (bytes <= MAX_OUTPUT_BYTES) output.push(Buffer.from(chunk));
      },
    });
    if (!spawned.ok) throw new Error(`${command}: ${spawned.error.code}`, { cause: spawned.error });
    const { process } = spawned;
    process.stdin.end();
    try {
      const exit = await Promise.race([process.drained, rejectionOf(signal)]);
      if (exit.code !== 0) throw new Error(`${command} ${endOf(exit)}: ${process.stderrTail().slice(-500)}`);
      if (bytes > MAX_OUTPUT_BYTES) throw new Error(`${command} printed more than ${MAX_OUTPUT_BYTES} bytes`);
      return Buffer.concat(output).toString("utf8");
    } finally {
      await endProcessTree(process, END_PLAN);
    }
  };

  return {
    transcribe: async ({ name, content }, signal) => {
      const folder = mkdtempSync(join(deps.directory, "voice-"));
      try {
        const path = join(folder, name);
        await writeFile(path, content, { mode: 0o600, flag: "wx" });
        return await run(path, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

const endOf = ({ code, signal }: ProcessExit): string =>
  code === null ? `was ended by ${signal}` : `ended with ${code}`;

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}
