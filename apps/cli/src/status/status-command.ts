import { type Bot, listBots } from "@steward/contract/bots";
import { gatewaySessions } from "@steward/contract/gateway";
import { type SystemInfo, system } from "@steward/contract/health";
import { SESSION_STATES } from "@steward/schema/enums";
import { describeHold } from "../brakes/describe-hold.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { describeSearch } from "../search/describe-search.ts";
import { type CommandContext, withService } from "../service/service.ts";
import { harmlessLine } from "../terminal/harmless.ts";
import { printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { formatDuration, formatMoment } from "../terminal/units.ts";

/** `steward status`: the service, its bots and its sessions, as they are now. */
export async function runStatus(context: CommandContext, nowMs: number = Date.now()): Promise<ExitCode> {
  const { terminal } = context;
  return await withService(context, async ({ client, settings }) => {
    const [info, bots, sessions] = await Promise.all([
      client.call(system),
      client.call(listBots),
      client.call(gatewaySessions),
    ]);
    for (const line of describeService(info, settings.apiUrl, terminal, nowMs)) terminal.print(line);
    printBots(bots, terminal, nowMs);
    printSessions(
      sessions.filter(({ state }) => state !== "idle" && state !== "suspended"),
      terminal,
    );
    return EXIT.ok;
  });
}

function describeService(info: SystemInfo, url: string, { say, style }: Terminal, nowMs: number): string[] {
  const { cli, sessions } = info;
  const uptime = formatDuration(Math.max(0, nowMs - info.startedAt));
  const lines = [
    say("cli.status.service", { version: info.version, url, uptime }),
    info.mode === "demo" ? style("stdout", "yellow", say("cli.status.demo")) : say("cli.status.live"),
  ];
  if (cli.found) {
    const login = cli.login ?? say("cli.status.no_login");
    lines.push(say("cli.status.claude", { version: cli.version ?? "?", path: cli.path ?? "?", login }));
  }
  if (cli.problem !== null) lines.push(style("stdout", "red", `✗ ${cli.problem}`));
  lines.push(say("cli.status.load", sessions));
  for (const { weight, key, params } of info.embedding === null ? [] : describeSearch(info.embedding)) {
    const line = harmlessLine(say(key, params));
    lines.push(weight === "fine" ? line : style("stdout", weight === "broken" ? "red" : "yellow", line));
  }
  for (const hold of info.holds) {
    const since = formatMoment(hold.since);
    const line = say("cli.status.hold", { reason: describeHold(hold, { say }), since });
    lines.push(style("stdout", "yellow", line));
  }
  return lines;
}

function printBots(bots: readonly Bot[], terminal: Terminal, nowMs: number): void {
  const { say } = terminal;
  const shown = bots.filter(({ kind }) => kind === "telegram");
  terminal.print("");
  if (shown.length === 0) {
    terminal.print(say("cli.status.no_bots"));
    return;
  }
  printTable(
    terminal,
    [say("cli.pair.bot"), say("cli.pair.name"), say("cli.status.state"), say("cli.status.since")],
    shown.map((bot) => [
      bot.id,
      bot.username === null ? "–" : `@${bot.username}`,
      [say(`cli.bot_state.${bot.state}`), bot.stateDetail].filter((part) => part !== "").join(": "),
      formatDuration(Math.max(0, nowMs - bot.stateAt)),
    ]),
  );
}

interface LegacySession {
  readonly bot_id: string;
  readonly chat_id: string;
  readonly state: string;
  readonly idle_seconds: number;
  readonly busy_seconds: number;
  readonly busy: boolean;
}

function printSessions(sessions: readonly LegacySession[], terminal: Terminal): void {
  const { say } = terminal;
  terminal.print("");
  if (sessions.length === 0) {
    terminal.print(say("cli.status.no_sessions"));
    return;
  }
  printTable(
    terminal,
    [say("cli.pair.bot"), say("cli.status.chat"), say("cli.status.state"), say("cli.status.since")],
    sessions.map((session) => [
      session.bot_id,
      session.chat_id,
      describeState(session.state, terminal),
      formatDuration(1_000 * (session.busy ? session.busy_seconds : session.idle_seconds)),
    ]),
  );
}

/** A newer service may know states that this program does not. */
function describeState(state: string, { say }: Terminal): string {
  const known = SESSION_STATES.find((each) => each === state);
  return known === undefined ? state : say(`cli.session.${known}`);
}
