import type { Client } from "@steward/client/client";
import {
  createWebCode,
  listWebSessions,
  revokeOtherWebSessions,
  revokeWebSession,
} from "@steward/contract/web-sessions";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import { type CommandContext, requireSettings } from "../service/service.ts";
import { harmlessLine } from "../terminal/harmless.ts";
import { printTable } from "../terminal/table.ts";
import { formatDuration } from "../terminal/units.ts";
import { openInBrowser } from "./open-in-browser.ts";

export interface WebOptions {
  readonly open?: boolean;
  readonly list?: boolean;
  /** An id, the beginning of one, or `all`. */
  readonly revoke?: string;
  readonly json?: boolean;
}

type WebDeps = { readonly client: Client } & CommandContext;

/** `steward web`: a link that signs one browser in to the web UI; which are signed in; signs them out. */
export function runWeb(options: WebOptions, deps: WebDeps): Promise<ExitCode> {
  if (options.revoke !== undefined) return revoke(options.revoke, deps);
  return options.list === true ? list(options, deps) : makeLink(options, deps);
}

/** The link stands alone on standard output; what is to be known about it goes beside it. */
async function makeLink(
  { open, json }: WebOptions,
  { client, terminal, environment }: WebDeps,
): Promise<ExitCode> {
  const settings = requireSettings(environment, terminal);
  const { path, expiresAt } = await client.call(createWebCode);
  const link = `${settings.apiUrl}${path}`;
  terminal.print(json === true ? JSON.stringify({ link, expiresAt }) : link);
  if (open === true && !(await openInBrowser(link, settings.data.root, environment)))
    terminal.note(terminal.say("cli.web.no_browser"));
  terminal.note(terminal.style("stderr", "dim", terminal.say("cli.web.once")));
  return EXIT.ok;
}

async function list({ json }: WebOptions, { client, terminal }: WebDeps): Promise<ExitCode> {
  const sessions = await client.call(listWebSessions);
  const { say } = terminal;
  if (json === true) terminal.print(JSON.stringify(sessions));
  else if (sessions.length === 0) terminal.print(say("cli.web.none"));
  else {
    const age = (at: number): string => formatDuration(Math.max(0, Date.now() - at));
    printTable(
      terminal,
      [say("cli.web.id"), say("cli.web.browser"), say("cli.web.since"), say("cli.web.seen")],
      sessions.map(({ id, label, createdAt, lastSeenAt }) => [
        id,
        label === "" ? say("cli.web.unknown_browser") : harmlessLine(label),
        age(createdAt),
        age(lastSeenAt),
      ]),
    );
  }
  return EXIT.ok;
}

async function revoke(wanted: string, { client, terminal }: WebDeps): Promise<ExitCode> {
  if (wanted === "all") {
    const { revoked } = await client.call(revokeOtherWebSessions);
    terminal.print(terminal.say("cli.web.revoked", { count: revoked }));
    return EXIT.ok;
  }
  const sessions = await client.call(listWebSessions);
  const fitting = sessions.filter(({ id }) => id.startsWith(wanted));
  const [only] = fitting;
  if (only === undefined || fitting.length > 1)
    throw new CommandFailure(EXIT.nothingDone, terminal.say("cli.web.not_found", { id: wanted }));
  const { revoked } = await client.call(revokeWebSession, { params: { sessionId: only.id } });
  terminal.print(terminal.say("cli.web.revoked", { count: revoked ? 1 : 0 }));
  return EXIT.ok;
}
