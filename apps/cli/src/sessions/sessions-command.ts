import type { Client } from "@steward/client/client";
import { listSessions, reapSessions, type SessionInfo } from "@steward/contract/sessions";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import { printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { formatBytes, formatDuration } from "../terminal/units.ts";

interface SessionsDeps {
  readonly client: Client;
  readonly terminal: Terminal;
  readonly nowMs: number;
}

/** `steward sessions`: every chat that has a Claude session, awake or asleep, and what its processes take. */
export async function runSessions(options: { json?: boolean }, deps: SessionsDeps): Promise<ExitCode> {
  const { client, terminal } = deps;
  const sessions = await client.call(listSessions);
  if (options.json === true) terminal.print(JSON.stringify(sessions));
  else if (sessions.length === 0) terminal.print(terminal.say("cli.sessions.none"));
  else show(sessions, deps);
  return EXIT.ok;
}

function show(sessions: readonly SessionInfo[], { terminal, nowMs }: SessionsDeps): void {
  const { say } = terminal;
  const since = (atMs: number | null): string =>
    atMs === null ? "–" : formatDuration(Math.max(0, nowMs - atMs));
  printTable(
    terminal,
    [
      say("cli.sessions.chat"),
      say("cli.sessions.state"),
      say("cli.sessions.pid"),
      say("cli.sessions.started"),
      say("cli.sessions.active"),
      say("cli.sessions.waiting"),
      say("cli.sessions.cpu"),
      say("cli.sessions.memory"),
      say("cli.sessions.model"),
    ],
    sessions.map((session) => [
      nameOf(session),
      say(`cli.session.${session.state}`),
      session.pid === null ? "–" : String(session.pid),
      since(session.startedAt),
      since(session.lastActiveAt),
      String(session.waiting),
      session.usage === null ? "–" : `${session.usage.cpuPercent.toFixed(0)} %`,
      session.usage === null ? "–" : formatBytes(session.usage.rssBytes),
      session.model ?? "–",
    ]),
  );
  for (const session of sessions) {
    const { passedOver } = session;
    if (Object.values(passedOver).some((count) => count > 0))
      terminal.print(say("cli.sessions.passed_over", { chat: nameOf(session), ...passedOver }));
  }
}

function nameOf({ botId, chatId, threadId }: SessionInfo): string {
  return `${botId}/${chatId}${threadId === "" ? "" : `.t${threadId}`}`;
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `steward sessions reap`: puts free sessions to sleep; nothing is lost by it. */
export async function runReap(
  options: { olderThan?: string },
  { client, terminal }: SessionsDeps,
): Promise<ExitCode> {
  const { say } = terminal;
  const match = /^(\d{1,6})([smhd])$/.exec(options.olderThan ?? "0s");
  const unitMs = UNIT_MS[match?.[2] ?? ""];
  if (match === null || unitMs === undefined) {
    throw new CommandFailure(
      EXIT.nothingDone,
      say("cli.sessions.bad_age", { given: options.olderThan ?? "" }),
    );
  }
  const { reaped } = await client.call(reapSessions, { body: { idleForMs: Number(match[1]) * unitMs } });
  terminal.print(
    reaped.length === 0
      ? say("cli.sessions.reaped_none")
      : say("cli.sessions.reaped", { count: reaped.length }),
  );
  for (const { botId, chatId, idleMs } of reaped) {
    terminal.print(`  ${botId}/${chatId}  ${formatDuration(idleMs)}`);
  }
  return EXIT.ok;
}
