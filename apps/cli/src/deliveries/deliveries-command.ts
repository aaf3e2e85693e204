import type { Client } from "@steward/client/client";
import { type DeliverySummary, listDeliveries, retryDelivery } from "@steward/contract/deliveries";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import { printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { formatDuration } from "../terminal/units.ts";

interface DeliveriesDeps {
  readonly client: Client;
  readonly terminal: Terminal;
  readonly nowMs: number;
}

export interface DeliveriesOptions {
  dead?: boolean;
  json?: boolean;
}

const SHOWN = 50;
const PAGE = 200;
const TEXT_CHARACTERS = 50;

/** `steward deliveries`: what goes out and has gone out, the latest first; with `--dead` what could not. */
export async function runDeliveries(options: DeliveriesOptions, deps: DeliveriesDeps): Promise<ExitCode> {
  const { client, terminal, nowMs } = deps;
  const { say } = terminal;
  const query = { limit: SHOWN, ...(options.dead === true && { state: "dead" as const }) };
  const deliveries = await client.call(listDeliveries, { query });
  if (options.json === true) terminal.print(JSON.stringify(deliveries));
  else if (deliveries.length === 0)
    terminal.print(say(options.dead === true ? "cli.deliveries.none_dead" : "cli.deliveries.none"));
  else {
    printTable(
      terminal,
      [
        say("cli.deliveries.id"),
        say("cli.deliveries.chat"),
        say("cli.deliveries.kind"),
        say("cli.deliveries.state"),
        say("cli.deliveries.age"),
        say("cli.deliveries.tries"),
        say("cli.deliveries.text"),
      ],
      deliveries.map((delivery) => [
        delivery.id,
        nameOf(delivery),
        delivery.kind,
        delivery.state,
        formatDuration(Math.max(0, nowMs - delivery.createdAt)),
        String(delivery.attempt),
        delivery.lastError ?? firstLine(delivery.text),
      ]),
    );
    if (deliveries.some(({ state }) => state === "dead")) terminal.print(say("cli.deliveries.hint"));
  }
  return EXIT.ok;
}

/** `steward deliveries retry ID`, or with `--dead` all of them: they go out again. */
export async function runRetryDelivery(
  id: string | undefined,
  options: { dead?: boolean },
  { client, terminal }: DeliveriesDeps,
): Promise<ExitCode> {
  if (id === undefined && options.dead !== true)
    throw new CommandFailure(EXIT.nothingDone, terminal.say("cli.deliveries.which"));
  const ids = id === undefined ? await allDead(client) : [id];
  for (const each of ids) await client.call(retryDelivery, { params: { deliveryId: each } });
  terminal.print(terminal.say("cli.deliveries.retried", { count: ids.length }));
  return EXIT.ok;
}

/** Oldest first: in this order they were to be read. */
async function allDead(client: Client): Promise<string[]> {
  const ids: string[] = [];
  let before: number | undefined;
  for (;;) {
    const query = { state: "dead" as const, limit: PAGE, ...(before !== undefined && { before }) };
    const page = await client.call(listDeliveries, { query });
    ids.unshift(...page.map((each) => each.id).reverse());
    before = page.at(-1)?.seq;
    if (page.length < PAGE) return ids;
  }
}

const nameOf = ({ botId, chatId, threadId }: DeliverySummary): string =>
  `${botId}/${chatId}${threadId === "" ? "" : `.t${threadId}`}`;

function firstLine(text: string): string {
  const [line = ""] = text.trim().split("\n");
  return line.length > TEXT_CHARACTERS ? `${line.slice(0, TEXT_CHARACTERS)}…` : line;
}
