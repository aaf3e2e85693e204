import type { Client } from "@steward/client/client";
import { releasePanic, startPanic } from "@steward/contract/holds";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface PanicOptions {
  readonly release?: boolean;
}

/** Longer than the service gives a process that will not end (DESIGN §5). */
const ENDED_WITHIN_MS = 30_000;

/** `steward panic`: stops everything at once; `--release` lets it run again. */
export async function runPanic(
  options: PanicOptions,
  { client, terminal }: { client: Client; terminal: Terminal },
): Promise<ExitCode> {
  const { say, print, note } = terminal;
  if (options.release === true) {
    const { released, waiting } = await client.call(releasePanic);
    print(released ? say("cli.panic.released", { waiting }) : say("cli.panic.nothing"));
    return EXIT.ok;
  }
  const { stopped, ended, waiting } = await client.call(startPanic, { timeoutMs: ENDED_WITHIN_MS });
  print(terminal.style("stdout", "red", say("cli.panic.done", { stopped, ended, waiting })));
  note(say("cli.panic.next"));
  return EXIT.ok;
}
