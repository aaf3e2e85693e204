import { translate } from "@steward/contract/messages";
import { plainText } from "../outbound/messenger.ts";
import { COMING } from "./coming-commands.ts";
import type { Command, CommandRequest } from "./command.ts";
import type { CommandDeps, CommandRow } from "./command-row.ts";
import { hasRole, worksIn } from "./may-use.ts";
import { nearestCommand } from "./nearest-command.ts";

export interface CommandDesk {
  /** Has a command carried out by whoever wrote it, or says why not. */
  readonly handle: Command;
}

export interface CommandDeskDeps extends CommandDeps {
  /** Something runs or waits in this chat. */
  isBusy: (address: CommandRequest["address"]) => boolean;
}

/** Takes commands in, by the table alone. */
export function createCommandDesk(deps: CommandDeskDeps): CommandDesk {
  const { rows, messenger } = deps;
  const byName = new Map<string, { row: CommandRow; command: Command }>();
  for (const row of rows) {
    const entry = { row, command: row.create(deps) };
    for (const name of [row.name, ...row.aliases]) byName.set(name, entry);
  }
  const say = async ({ address }: CommandRequest, text: string): Promise<void> => {
    await messenger.say(address, plainText(text));
  };

  const unknown = async (request: CommandRequest): Promise<void> => {
    const { language, name, userId, isGroup } = request;
    const command = `/${name}`;
    if (COMING.has(name.toLowerCase()))
      return await say(request, translate(language, "bot.command_coming", { command }));
    const role = deps.roleOf(userId);
    const known = rows.filter((row) => hasRole(role, row.role) && worksIn(row, isGroup));
    const nearest = nearestCommand(
      name,
      known.map((row) => row.name),
    );
    await say(
      request,
      nearest === null
        ? translate(language, "bot.unknown_command", { command })
        : translate(language, "bot.unknown_command_near", { command, nearest }),
    );
  };

  /** Why this person may not here and now; null: they may. */
  const refusal = (
    row: CommandRow,
    { language, userId, isGroup, address }: CommandRequest,
  ): string | null => {
    const params = { command: `/${row.name}` };
    if (!hasRole(deps.roleOf(userId), row.role)) {
      return translate(language, row.role === "owner" ? "bot.command_owner" : "bot.command_admin", params);
    }
    if (!worksIn(row, isGroup))
      return translate(language, isGroup ? "bot.command_private" : "bot.command_group", params);
    if (!row.whileBusy && deps.isBusy(address)) return translate(language, "bot.command_busy", params);
    return null;
  };

  return {
    handle: async (request) => {
      const known = byName.get(request.name.toLowerCase());
      if (known === undefined) return await unknown(request);
      const why = refusal(known.row, request);
      if (why !== null) return await say(request, why);
      await known.command(request);
    },
  };
}
