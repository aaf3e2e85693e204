import type { Client } from "@steward/client/client";
import { listBots } from "@steward/contract/bots";
import { CommandFailure, EXIT } from "../exit-codes.ts";
import type { Terminal } from "../terminal/terminal.ts";

/**
 * The Telegram bot that is meant: the one that was named, by number or @username, or the only one there is.
 * Throws CommandFailure when it is not clear.
 */
export async function chooseBot(
  client: Client,
  { say }: Pick<Terminal, "say">,
  named: string | undefined,
): Promise<string> {
  const bots = (await client.call(listBots)).filter(({ kind }) => kind === "telegram");
  if (named !== undefined) {
    const wanted = named.replace(/^@/, "").toLowerCase();
    return bots.find(({ username }) => username?.toLowerCase() === wanted)?.id ?? wanted;
  }
  const [only, ...others] = bots;
  if (only === undefined) throw new CommandFailure(EXIT.nothingDone, say("cli.pair.no_bot"));
  if (others.length === 0) return only.id;
  const names = bots.map(({ id, username }) => (username === null ? id : `@${username}`)).join(" | ");
  throw new CommandFailure(EXIT.nothingDone, say("cli.pair.bot_needed", { bots: names }));
}
