import type { Client } from "@steward/client/client";
import { createInvitation, listInvitations, withdrawInvitation } from "@steward/contract/invitations";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import { printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { formatDuration } from "../terminal/units.ts";
import { chooseBot } from "./choose-bot.ts";
import { oneOf } from "./one-of.ts";

export interface InviteOptions {
  role?: string;
  bot?: string;
  expires?: string;
}

interface Deps {
  readonly client: Client;
  readonly terminal: Terminal;
  readonly now: () => number;
}

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const LONGEST_MS = 30 * UNITS_MS.d;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export type InvitationDesk = ReturnType<typeof createInvitationDesk>;

/** `steward pair invite` and what goes with it. */
export const createInvitationDesk = ({ client, terminal, now }: Deps) => {
  const { say, print, note } = terminal;

  const invite = async ({ role = "user", bot, expires = "1d" }: InviteOptions): Promise<ExitCode> => {
    const expiresInMs = readTime(expires);
    if (expiresInMs === null) {
      throw new CommandFailure(EXIT.nothingDone, say("cli.pair.bad_expiry", { value: expires }));
    }
    const wish = { role: oneOf(["user", "admin", "owner"], role, terminal), expiresInMs };
    const botId = await chooseBot(client, terminal, bot);
    const { link, code, warning } = await client.call(createInvitation, {
      body: { ...wish, botId, language: terminal.language },
    });
    // Alone on its line, so that it can be copied, or piped on.
    print(link ?? `/start ${code}`);
    const params = { role: say(`cli.role.${wish.role}`), expires: formatDuration(expiresInMs) };
    note(say("cli.pair.invitation_hint", params));
    if (warning !== null) note(terminal.style("stderr", "yellow", `! ${warning}`));
    return EXIT.ok;
  };

  const list = async (): Promise<ExitCode> => {
    const invitations = await client.call(listInvitations);
    if (invitations.length === 0) {
      print(say("cli.pair.no_invitations"));
      return EXIT.ok;
    }
    const heading = [
      say("cli.pair.invitation_id"),
      say("cli.pair.bot"),
      say("cli.pair.role"),
      say("cli.pair.by"),
      say("cli.pair.expires_in"),
    ];
    const rows = invitations.map(({ id, botId, role, createdBy, expiresAt }) => [
      id,
      botId,
      say(`cli.role.${role}`),
      createdBy,
      formatDuration(Math.max(0, expiresAt - now())),
    ]);
    printTable(terminal, heading, rows);
    return EXIT.ok;
  };

  const withdraw = async (id: string): Promise<ExitCode> => {
    const isGone = UUID.test(id) && (await client.call(withdrawInvitation, { body: { id } })).withdrawn;
    if (!isGone) throw new CommandFailure(EXIT.failed, say("cli.pair.not_withdrawn"));
    print(say("cli.pair.withdrawn"));
    return EXIT.ok;
  };

  return { invite, list, withdraw };
};

/** Milliseconds of `30m`, `12h`, `7d`; null for what is none, or out of bounds. */
function readTime(text: string): number | null {
  const [, number = "", unit = ""] = /^(\d{1,5})([mhd])$/.exec(text.trim().toLowerCase()) ?? [];
  if (unit === "") return null;
  const ms = Number(number) * UNITS_MS[unit as keyof typeof UNITS_MS];
  return ms >= UNITS_MS.m && ms <= LONGEST_MS ? ms : null;
}
