import type { Client } from "@steward/client/client";
import { traceTurn } from "@steward/contract/turn-history";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { harmlessLine } from "../terminal/harmless.ts";
import { printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** `steward trace TURN`: a turn's way, step by step, from what is written down of it. */
export async function runTrace(
  turnId: string,
  options: { json?: boolean },
  { client, terminal }: { client: Client; terminal: Terminal },
): Promise<ExitCode> {
  const { say } = terminal;
  const trace = await client.call(traceTurn, { query: { turnId } });
  if (options.json === true) {
    terminal.print(JSON.stringify(trace));
    return EXIT.ok;
  }
  const { turn, hops, logKept } = trace;
  terminal.print(
    harmlessLine(`${turn.botId}/${turn.chatId} · ${turn.state} · ${turn.prompt.split("\n")[0] ?? ""}`),
  );
  const begin = hops[0]?.at ?? turn.receivedAt;
  printTable(
    terminal,
    [say("cli.trace.time"), say("cli.trace.after"), say("cli.trace.step"), say("cli.trace.detail")],
    hops.map(({ at, hop, detail }) => [
      new Date(at).toISOString(),
      `+${((at - begin) / 1_000).toFixed(3)} s`,
      say(`bot.hop.${hop}`),
      detail,
    ]),
  );
  if (!logKept) terminal.print(say("bot.trace.old"));
  return EXIT.ok;
}
