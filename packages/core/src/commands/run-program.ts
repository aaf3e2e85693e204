import type { CommandOutcome } from "@steward/contract/commands";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import { runCommand, sweepMarked } from "@steward/platform/process";
import { fillArgv } from "./fill-template.ts";
import type { OwnCommandFile } from "./own-command.ts";

export type RunProgram = (
  command: Extract<OwnCommandFile, { kind: "program" }>,
  args: string,
) => Promise<Extract<CommandOutcome, { kind: "ran" }>>;

/** As much as a chat shows; a program's log belongs into a file. */
const MOST_OUTPUT_BYTES = 65_536;
const MARKER = "STEWARD_COMMAND";

/**
 * Runs a person's program on the host: no shell, nothing on stdin, of our environment only what is named, and of it and all
 * that it has started nothing is left when this resolves.
 *
 * @param environment all that it gets: PATH, HOME, the language. Never a token of ours
 */
export const createRunProgram =
  (deps: {
    environment: Readonly<Record<string, string>>;
    clock: Clock;
    ids: Pick<Ids, "uuid4">;
  }): RunProgram =>
  async (command, args) => {
    const { clock } = deps;
    const [program, ...rest] = fillArgv(command.argv, args);
    const marker = { name: MARKER, value: deps.ids.uuid4() };
    const beganMs = clock.monotonicMs();
    const result = await runCommand(
      {
        command: program,
        args: rest,
        cwd: command.cwd,
        env: { ...deps.environment, [marker.name]: marker.value },
        timeoutMs: command.timeoutMs,
        maxOutputBytes: MOST_OUTPUT_BYTES,
        stderrTailBytes: MOST_OUTPUT_BYTES,
        dieWithParent: true,
      },
      { clock },
    );
    // What it has left running in the background.
    await sweepMarked(marker, { clock });
    const ms = Math.round(clock.monotonicMs() - beganMs);
    if (!result.ok && result.reason === "spawn") {
      return { kind: "ran", exitCode: null, timedOut: false, output: result.error.message, cut: false, ms };
    }
    const output = [result.stdout, result.stderr].filter((text) => text.trim() !== "").join("\n");
    return {
      kind: "ran",
      exitCode: result.ok ? result.code : null,
      timedOut: !result.ok && result.reason === "timeout",
      output,
      cut: !result.ok && result.reason === "too_much_output",
      ms,
    };
  };
