import { CommanderError } from "commander";
import { CommandFailure, EXIT, type ExitCode } from "./exit-codes.ts";
import { createProgram } from "./program.ts";
import { type Environment, readEnvironment } from "./settings/environment.ts";
import { createTerminal, readLanguage, type Terminal } from "./terminal/terminal.ts";
import { describeUsageError } from "./usage-error.ts";

/** Runs one command of this process's arguments and ends the process with its exit code. */
export async function runCommandLine(process: NodeJS.Process): Promise<void> {
  const { stdin, stdout, stderr, argv, env } = process;
  const color = !argv.includes("--no-color");
  const terminal = createTerminal({ stdin, stdout, stderr, language: readLanguage(env), color });
  // `steward chat … | head`: the reader has what it wanted.
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit(EXIT.brokenPipe);
    });
  }
  const exitCode = await run(argv.slice(2), terminal, env);
  // Pipes are written asynchronously: what is on its way goes out first. Idle connections must not hold us back.
  stdout.write("", (error) =>
    stderr.write("", () => process.exit(error == null ? exitCode : EXIT.brokenPipe)),
  );
}

async function run(args: readonly string[], terminal: Terminal, own: Environment): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  try {
    const context = { terminal, environment: readEnvironment(own) };
    const program = createProgram(context, async (action) => {
      exitCode = await action();
    });
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    terminal.note(terminal.style("stderr", "red", describe(error, terminal)));
    if (error instanceof CommandFailure) return error.exitCode;
    return error instanceof CommanderError ? EXIT.nothingDone : EXIT.failed;
  }
}

function describe(error: unknown, terminal: Terminal): string {
  if (error instanceof CommandFailure) return `✗ ${error.message}`;
  if (error instanceof CommanderError) return `✗ ${describeUsageError(error, terminal)}`;
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `✗ ${terminal.say("cli.unexpected", { reason })}`;
}
