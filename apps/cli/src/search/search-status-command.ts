import type { Client } from "@steward/client/client";
import { getSearchStatus, reindexSearch, type SearchStatus } from "@steward/contract/search-status";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { harmlessLine } from "../terminal/harmless.ts";
import type { Style, Terminal } from "../terminal/terminal.ts";
import { describeSearch } from "./describe-search.ts";

export interface SearchStatusOptions {
  readonly json?: boolean;
}

const STYLES = { fine: null, notable: "yellow", broken: "red" } as const satisfies Record<
  string,
  Style | null
>;

/** `steward search status`: what searches go by, and how far embedding has come. */
export async function runSearchStatus(
  options: SearchStatusOptions,
  { client, terminal }: { client: Client; terminal: Terminal },
): Promise<ExitCode> {
  const status = await client.call(getSearchStatus);
  if (options.json === true) terminal.print(JSON.stringify(status));
  else printSearchStatus(status, terminal);
  return EXIT.ok;
}

/** `steward search reindex`: everything is embedded anew; searches go on meanwhile. */
export async function runReindex({
  client,
  terminal,
}: {
  client: Client;
  terminal: Terminal;
}): Promise<ExitCode> {
  const { embedder } = await client.call(reindexSearch);
  terminal.print(terminal.say("cli.search.reindexing", { model: harmlessLine(embedder ?? "") }));
  return EXIT.ok;
}

export function printSearchStatus(status: SearchStatus, { say, style, print }: Terminal): void {
  for (const { weight, key, params, fix } of describeSearch(status)) {
    const line = harmlessLine(say(key, params));
    const color = STYLES[weight];
    print(color === null ? line : style("stdout", color, line));
    if (fix !== undefined) print(`  → ${say(fix)}`);
  }
}
