import type { OwnCommand } from "@steward/contract/commands";
import { type MessageKey, translate } from "@steward/contract/messages";
import { renderMarkdown } from "@steward/telegram/render";
import type { Command, CommandRequest } from "./command.ts";
import { type CommandDeps, type CommandRow, SECTIONS } from "./command-row.ts";
import { hasRole, worksIn } from "./may-use.ts";

/** `/help`: every command that this person may use here, by what it is for. */
export const createHelpCommand =
  ({
    steward,
    messenger,
    rows,
    roleOf,
  }: Pick<CommandDeps, "steward" | "messenger" | "rows" | "roleOf">): Command =>
  async ({ address, language, userId, isGroup }) => {
    const usable = rows.filter((row) => hasRole(roleOf(userId), row.role) && worksIn(row, isGroup));
    const sections = SECTIONS.flatMap((section) => {
      const lines = usable.filter((row) => row.section === section).map((row) => lineOf(row, language));
      const title = translate(language, `bot.help.${section}` satisfies MessageKey);
      return lines.length === 0 ? [] : [`**${title}**\n${lines.join("\n")}`];
    });
    const { own, cli } = await steward.commandList(address);
    const text = [
      translate(language, "bot.help.intro"),
      ...sections,
      ...ownSection(
        own.filter(({ role }) => hasRole(roleOf(userId), role)),
        language,
      ),
      ...cliLine(cli, rows, language),
    ].join("\n\n");
    await messenger.say(address, renderMarkdown(text));
  };

const ownSection = (own: readonly OwnCommand[], language: CommandRequest["language"]): string[] => {
  if (own.length === 0) return [];
  const lines = own.map(({ name, hint, description }) => {
    const usage = hint === null ? "" : ` ${escapeMarkdown(hint)}`;
    return `- /${name}${usage} – ${escapeMarkdown(description)}`;
  });
  return [`**${translate(language, "bot.help.own")}**\n${lines.join("\n")}`];
};

/** What is passed on and has no row of its own. */
const cliLine = (
  cli: readonly string[],
  rows: readonly CommandRow[],
  language: CommandRequest["language"],
): string[] => {
  const names = cli
    .map((name) => name.replaceAll("-", "_"))
    .filter((name) => !rows.some((row) => row.name === name))
    .map((name) => `/${name}`);
  return names.length === 0 ? [] : [translate(language, "bot.help.cli", { names: names.join(", ") })];
};

const hintOf = (hint: NonNullable<CommandRow["hint"]>, language: CommandRequest["language"]): string =>
  isPlainHint(hint) ? hint : translate(language, hint);

const isPlainHint = (hint: NonNullable<CommandRow["hint"]>): hint is `[${string}]` => hint.startsWith("[");

const escapeMarkdown = (text: string): string => text.replace(/[\\`*_[\]<>~|#]/g, "\\$&");

const lineOf = ({ name, hint, description }: CommandRow, language: CommandRequest["language"]): string => {
  const usage = hint === undefined ? "" : ` \`${hintOf(hint, language)}\``;
  return `- /${name}${usage} – ${translate(language, description)}`;
};
