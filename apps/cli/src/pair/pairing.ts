import { ApiError } from "@steward/client/api-error";
import type { Client } from "@steward/client/client";
import {
  approvePairing,
  listAccess,
  listPairingRequests,
  refusePairing,
  revokeAccess,
  setRole,
} from "@steward/contract/access";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import { harmlessLine } from "../terminal/harmless.ts";
import { printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { formatDuration, formatMoment } from "../terminal/units.ts";
import { chooseBot } from "./choose-bot.ts";
import { oneOf } from "./one-of.ts";

interface PairDeps {
  readonly client: Client;
  readonly terminal: Terminal;
  readonly now: () => number;
}

export type Pairing = ReturnType<typeof createPairing>;

/** The verbs of `steward pair`; each says what it did and resolves with the exit code. */
export const createPairing = (deps: PairDeps) => ({
  showRequests: () => showRequests(deps),
  showAccess: () => showAccess(deps),
  approve: (code: string) => approve(deps, code),
  refuse: (code: string) => refuse(deps, code),
  setRole: (user: string, role: string, bot: string | undefined) => changeRole(deps, user, role, bot),
  revoke: (bot: string, user: string) => revoke(deps, bot, user),
});

/** `steward pair`: who is waiting to be let in. */
async function showRequests({ client, terminal, now }: PairDeps): Promise<ExitCode> {
  const { say, print, note } = terminal;
  const requests = await client.call(listPairingRequests);
  if (requests.length === 0) {
    print(say("cli.pair.no_requests"));
    return EXIT.ok;
  }
  const rows = requests.map((request) => [
    request.code,
    request.botId,
    request.userId,
    personName(request),
    formatDuration(Math.max(0, request.expiresAt - now())),
  ]);
  const heading = [
    say("cli.pair.code"),
    say("cli.pair.bot"),
    say("cli.pair.user"),
    say("cli.pair.name"),
    say("cli.pair.expires_in"),
  ];
  printTable(terminal, heading, rows);
  note(say("cli.pair.approve_hint"));
  return EXIT.ok;
}

/** `steward pair list`: who may use a bot. */
async function showAccess({ client, terminal }: PairDeps): Promise<ExitCode> {
  const { say, print } = terminal;
  const entries = await client.call(listAccess);
  if (entries.length === 0) {
    print(say("cli.pair.nobody"));
    return EXIT.ok;
  }
  const rows = entries.map((entry) => [
    entry.botId,
    entry.userId,
    personName(entry),
    say(`cli.role.${entry.role}`),
    formatMoment(entry.createdAt),
  ]);
  const heading = [
    say("cli.pair.bot"),
    say("cli.pair.user"),
    say("cli.pair.name"),
    say("cli.pair.role"),
    say("cli.pair.since"),
  ];
  printTable(terminal, heading, rows);
  return EXIT.ok;
}

/** `steward pair approve CODE`. The code is taken as people type it: small letters, spaces and hyphens. */
async function approve({ client, terminal }: PairDeps, typed: string): Promise<ExitCode> {
  const { say } = terminal;
  const code = codeOf(typed);
  try {
    const { entry, warning } = await client.call(approvePairing, {
      body: { code, language: terminal.language },
    });
    terminal.print(
      say("cli.pair.approved", {
        name: harmlessLine(personName(entry)),
        user: entry.userId,
        bot: entry.botId,
        role: say(`cli.role.${entry.role}`),
      }),
    );
    if (warning !== null) terminal.note(terminal.style("stderr", "yellow", `! ${warning}`));
    return EXIT.ok;
  } catch (error) {
    throw nobodyWaits(error, terminal, code);
  }
}

/** `steward pair refuse CODE` */
async function refuse({ client, terminal }: PairDeps, typed: string): Promise<ExitCode> {
  const code = codeOf(typed);
  try {
    const { refused } = await client.call(refusePairing, { body: { code } });
    const name = harmlessLine(personName(refused));
    terminal.print(terminal.say("cli.pair.refused", { name, user: refused.userId }));
    return EXIT.ok;
  } catch (error) {
    throw nobodyWaits(error, terminal, code);
  }
}

/** `steward pair role USER ROLE` */
async function changeRole(
  { client, terminal }: PairDeps,
  user: string,
  wanted: string,
  bot: string | undefined,
): Promise<ExitCode> {
  const role = oneOf(["owner", "admin", "user"], wanted, terminal);
  const botId = await chooseBot(client, terminal, bot);
  const userId = await userIdOf(client, botId, user);
  if (userId === undefined) {
    throw new CommandFailure(EXIT.failed, terminal.say("cli.pair.not_paired", { bot: botId, user }));
  }
  await client.call(setRole, { params: { botId, userId }, body: { role } }).catch((error: unknown) => {
    throw explained(error, terminal);
  });
  const params = { user, bot: botId, role: terminal.say(`cli.role.${role}`) };
  terminal.print(terminal.say("cli.pair.role_set", params));
  return EXIT.ok;
}

/** A refusal that has a next step: the bot's last owner, or somebody who is not paired. */
const explained = (error: unknown, { say }: Terminal): unknown =>
  error instanceof ApiError && (error.code === "last_owner" || error.code === "person_not_found")
    ? new CommandFailure(EXIT.failed, say(`error.${error.code}`), { cause: error })
    : error;

const codeOf = (typed: string): string => typed.replace(/[\s-]/g, "").toUpperCase();

const nobodyWaits = (error: unknown, { say }: Terminal, code: string): unknown =>
  error instanceof ApiError && error.code === "pairing_code_invalid"
    ? new CommandFailure(EXIT.failed, say("cli.pair.code_invalid", { code: harmlessLine(code) }), {
        cause: error,
      })
    : error;

/** `steward pair revoke BOT USER`: the user by number, or by the name shown in the list. */
async function revoke({ client, terminal }: PairDeps, bot: string, user: string): Promise<ExitCode> {
  const botId = bot.replace(/^@/, "");
  const userId = await userIdOf(client, botId, user);
  const take = async (id: string): Promise<boolean> => {
    try {
      return (await client.call(revokeAccess, { params: { botId, userId: id } })).revoked;
    } catch (error) {
      throw explained(error, terminal);
    }
  };
  const revoked = userId !== undefined && (await take(userId));
  if (!revoked) {
    throw new CommandFailure(EXIT.failed, terminal.say("cli.pair.not_paired", { bot: botId, user }));
  }
  terminal.print(terminal.say("cli.pair.revoked", { bot: botId, user }));
  return EXIT.ok;
}

const userIdOf = async (client: Client, botId: string, user: string): Promise<string | undefined> =>
  /^\d+$/.test(user) ? user : await findUser(client, botId, user);

async function findUser(client: Client, botId: string, name: string): Promise<string | undefined> {
  const wanted = name.replace(/^@/, "").toLowerCase();
  const entries = await client.call(listAccess, { query: { botId } });
  return entries.find(({ username }) => username?.toLowerCase() === wanted)?.userId;
}

const personName = ({ name, username }: { name: string | null; username: string | null }): string =>
  [name, username === null ? null : `@${username}`]
    .filter((part) => part !== null && part !== "")
    .join(" ") || "–";
