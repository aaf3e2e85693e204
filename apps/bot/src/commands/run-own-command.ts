import type { CommandOutcome } from "@steward/contract/commands";
import { translate } from "@steward/contract/messages";
import { renderMarkdown } from "@steward/telegram/render";
import { plainText } from "../outbound/messenger.ts";
import type { Command, CommandRequest } from "./command.ts";
import type { CommandDeps } from "./command-row.ts";

/** What fits one message beside its first line. */
const MOST_CHARACTERS = 3_500;
const NAME = /^[a-z][a-z0-9_]{0,31}$/;

/**
 * Has a command carried out that is no part of Steward's: one that somebody has written as a file, or one of Claude Code's.
 * Answers false when there is no such command.
 */
export const createOwnCommandRunner =
  ({ steward, messenger }: Pick<CommandDeps, "steward" | "messenger">) =>
  async (request: CommandRequest): Promise<boolean> => {
    const { address, args, language, userId, userName, messageId, onceKey } = request;
    const name = request.name.toLowerCase();
    if (!NAME.test(name)) return false;
    const outcome = await steward.runCommand(
      { ...address, name, args, language, userId, userName, messageId },
      onceKey,
    );
    if (outcome.kind === "unknown") return false;
    if (outcome.kind === "unclear") {
      await messenger.say(address, plainText(translate(language, "bot.own.unclear", { name })));
    } else if (outcome.kind === "ran") {
      await messenger.say(address, renderMarkdown(describeRun(name, outcome, language)));
    }
    // A turn shows itself.
    return true;
  };

/** `/compact` and the like: a row of the table that Claude Code carries out. */
export const createPassedCommand = ({
  steward,
  messenger,
}: Pick<CommandDeps, "steward" | "messenger">): Command => {
  const run = createOwnCommandRunner({ steward, messenger });
  return async (request) => {
    if (await run(request)) return;
    const { address, language, name } = request;
    await messenger.say(address, plainText(translate(language, "bot.cli_command_off", { name })));
  };
};

function describeRun(
  name: string,
  { exitCode, timedOut, output, cut, ms }: Extract<CommandOutcome, { kind: "ran" }>,
  language: CommandRequest["language"],
): string {
  const mark = exitCode === 0 ? "✅" : "⚠️";
  const title = translate(language, "bot.own.ended", { mark, name, seconds: (ms / 1_000).toFixed(1) });
  const how = timedOut
    ? translate(language, "bot.own.timeout")
    : exitCode === null
      ? translate(language, "bot.own.failed")
      : exitCode === 0
        ? null
        : translate(language, "bot.own.exit", { code: exitCode });
  const text = output.replaceAll("```", "'''").trim();
  const isLong = cut || text.length > MOST_CHARACTERS;
  const body =
    text === "" ? translate(language, "bot.own.no_output") : fenced(text.slice(0, MOST_CHARACTERS));
  return [
    how === null ? title : `${title} · ${how}`,
    body,
    ...(isLong ? [translate(language, "bot.own.cut")] : []),
  ].join("\n");
}

const fenced = (text: string): string => `\`\`\`\n${text}\n\`\`\``;
