import type { Client } from "@steward/client/client";
import { getUsage, USAGE_GROUPS, type Usage } from "@steward/contract/usage";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import { printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface UsageOptions {
  readonly by?: string;
  readonly days?: string;
  readonly json?: boolean;
}

const DAY_MS = 86_400_000;
const MOST_DAYS = 3_650;

/** `steward usage`: tokens and cost of ended turns, by UTC day, chat or model. */
export async function runUsage(
  options: UsageOptions,
  { client, terminal, nowMs }: { client: Client; terminal: Terminal; nowMs: number },
): Promise<ExitCode> {
  const by = USAGE_GROUPS.find((each) => each === (options.by ?? "day"));
  const days = Number(options.days ?? "30");
  if (by === undefined) {
    throw new CommandFailure(
      EXIT.nothingDone,
      terminal.say("cli.usage.bad_group", { known: USAGE_GROUPS.join(", ") }),
    );
  }
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS) {
    throw new CommandFailure(EXIT.nothingDone, terminal.say("cli.usage.bad_days", { most: MOST_DAYS }));
  }
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const usage = await client.call(getUsage, { query: { by, from: today - (days - 1) * DAY_MS } });
  if (options.json === true) terminal.print(JSON.stringify(usage));
  else show(usage, days, terminal);
  return EXIT.ok;
}

function show({ by, rows, total }: Usage, days: number, terminal: Terminal): void {
  const { say } = terminal;
  if (rows.length === 0) {
    terminal.print(say("cli.usage.none", { days }));
    return;
  }
  const line = (name: string, row: Usage["total"]): string[] => [
    name,
    String(row.turns),
    tokens(row.inputTokens),
    tokens(row.outputTokens),
    tokens(row.cacheReadTokens + row.cacheCreationTokens),
    dollars(row.costUsd),
  ];
  printTable(
    terminal,
    [
      say(`cli.usage.${by}`),
      say("cli.usage.turns"),
      say("cli.usage.input"),
      say("cli.usage.output"),
      say("cli.usage.cache"),
      say("cli.usage.cost"),
    ],
    [
      ...rows.map((row) => line(row.key === "" ? say("cli.usage.unknown") : row.key, row)),
      ...(rows.length > 1 ? [line(say("cli.usage.total"), total)] : []),
    ],
  );
}

/** `950`, `12.3k`, `4.56M`. */
const tokens = (count: number): string => {
  if (count < 1_000) return String(count);
  return count < 1_000_000 ? `${(count / 1_000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(2)}M`;
};

const dollars = (usd: number): string => `$${usd.toFixed(usd >= 1 ? 2 : 4)}`;
