import { COMING_COMMANDS } from "@steward/contract/command-names";
import { translate } from "@steward/contract/messages";
import { plainText } from "../outbound/messenger.ts";
import type { Command, CommandRequest } from "./command.ts";
import type { CommandDeps, CommandRow } from "./command-row.ts";
import { hasRole, worksIn } from "./may-use.ts";
import { nearestCommand } from "./nearest-command.ts";
import { createOwnCommandRunner } from "./run-own-command.ts";

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

  const runOwn = createOwnCommandRunner(deps);
  const unknown = async (request: CommandRequest): Promise<void> => {
    const { language, name, userId, isGroup } = request;
    const command = `/${name}`;
    if (COMING_COMMANDS.has(name.toLowerCase()))
      return await say(request, translate(language, "bot.command_coming", { command }));
    if (await runOwn(request)) return;
    const role = deps.roleOf(userId);
    const known = rows.filter((row) => hasRole(role, row.role) && worksIn(row, isGroup));
    const { own, cli } = await deps.steward.commandList(request.address);
    const nearest = nearestCommand(name, [
      ...known.map((row) => row.name),
      ...own.filter((each) => hasRole(role, each.role)).map((each) => each.name),
      ...cli.map((each) => each.replaceAll("-", "_")),
    ]);
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
