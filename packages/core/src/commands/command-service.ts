import type { CommandList, CommandOutcome } from "@steward/contract/commands";
import { DomainError } from "@steward/contract/errors";
import type { ChatAddress } from "@steward/contract/ids";
import type { AccessRole, Language } from "@steward/schema/enums";
import type { AccessService } from "../access/access-service.ts";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { PolicyService } from "../policies/policy-service.ts";
import type { SettingsRepository } from "../settings/settings-repository.ts";
import type { TurnService } from "../turns/turn-service.ts";
import type { CommandRuns } from "./command-runs.ts";
import { fillTemplate } from "./fill-template.ts";
import type { OwnCommandFile } from "./own-command.ts";
import type { OwnCommandBook, OwnCommands } from "./own-commands.ts";
import type { RunProgram } from "./run-program.ts";

export interface CommandRun {
  address: ChatAddress;
  name: string;
  args: string;
  language: Language;
  /** The person a front end speaks for; undefined = whoever holds the token. */
  userId: string | undefined;
  userName: string | null;
  messageId: number | null;
  /** One per message: what was run for it is not run again. */
  key: string;
}

/** Commands that are no part of Steward: people's own, and those of Claude Code that a chat may use. */
export interface CommandService {
  list(scope: Partial<ChatAddress>): Promise<CommandList>;
  /** Throws owner_only, and what submitting a turn throws. */
  run(run: CommandRun): Promise<CommandOutcome>;
}

const RANK: Record<AccessRole, number> = { user: 0, admin: 1, owner: 2 };

export const createCommandService = (deps: {
  own: Pick<OwnCommands, "read">;
  runs: CommandRuns;
  runProgram: RunProgram;
  turns: Pick<TurnService, "submit">;
  chats: Pick<ChatRepository, "find">;
  policies: Pick<PolicyService, "list">;
  access: Pick<AccessService, "roleOf">;
  settings: Pick<SettingsRepository, "audit">;
}): CommandService => {
  /** In the words of a front end: Telegram knows no hyphens in a command. */
  const cliCommands = ({ botId, chatId, threadId = "" }: Partial<ChatAddress>): string[] => {
    const isKnown =
      botId !== undefined && chatId !== undefined && deps.chats.find({ botId, chatId, threadId });
    const scope = botId === undefined ? {} : isKnown ? { botId, chatId, threadId } : { botId };
    const policy = deps.policies.list(scope).find(({ name }) => name === "cliCommands");
    return (policy?.value as string[] | undefined) ?? [];
  };

  const assertMay = (command: OwnCommandFile, { address, userId }: CommandRun): void => {
    if (userId === undefined) return;
    const role = deps.access.roleOf(address.botId, userId) ?? "user";
    if (RANK[role] >= RANK[command.role]) return;
    throw new DomainError("owner_only", `/${command.name} is not for everybody`);
  };

  const submit = (run: CommandRun, text: string): CommandOutcome => {
    const isFrontEnd = run.userId !== undefined;
    const { turnId } = deps.turns.submit({
      address: run.address,
      text,
      source: isFrontEnd ? "telegram" : "web",
      language: run.language,
      userId: run.userId ?? null,
      userName: run.userName,
      replyToMessageId: run.messageId,
      idempotencyKey: { scope: `command ${run.address.botId}`, key: run.key },
      deliver: isFrontEnd,
    });
    return { kind: "turn", turnId };
  };

  const runProgram = async (
    command: Extract<OwnCommandFile, { kind: "program" }>,
    run: CommandRun,
  ): Promise<CommandOutcome> => {
    const { botId } = run.address;
    const key = `${botId} ${run.key}`;
    const earlier = deps.runs.find(key);
    if (earlier !== null) return earlier;
    const actor = run.userId === undefined ? "owner" : `${botId}/${run.userId}`;
    deps.runs.begin({ key, name: command.name, botId, actor });
    deps.settings.audit(actor, "own_command", botId, command.name);
    const outcome = await deps.runProgram(command, run.args);
    deps.runs.end(key, outcome);
    return outcome;
  };

  return {
    list: async (scope) => {
      const { commands, problems }: OwnCommandBook = await deps.own.read();
      return {
        own: commands.map(({ name, description, hint, role, kind }) => ({
          name,
          description,
          hint,
          role,
          kind,
        })),
        cli: cliCommands(scope),
        problems: [...problems],
      };
    },
    run: async (run) => {
      const { commands } = await deps.own.read();
      const own = commands.find(({ name }) => name === run.name);
      if (own !== undefined) {
        assertMay(own, run);
        if (own.kind === "program") return await runProgram(own, run);
        return submit(run, fillTemplate(own.template, run.args).trim());
      }
      const cli = cliCommands(run.address).find((name) => name.replaceAll("-", "_") === run.name);
      if (cli === undefined) return { kind: "unknown" };
      return submit(run, `/${cli} ${run.args}`.trim());
    },
  };
};
