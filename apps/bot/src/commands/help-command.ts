import { type MessageKey, translate } from "@steward/contract/messages";
import { renderMarkdown } from "@steward/telegram/render";
import type { Command, CommandRequest } from "./command.ts";
import { type CommandDeps, type CommandRow, SECTIONS } from "./command-row.ts";
import { hasRole, worksIn } from "./may-use.ts";

/** `/help`: every command that this person may use here, by what it is for. */
export const createHelpCommand =
  ({ messenger, rows, roleOf }: Pick<CommandDeps, "messenger" | "rows" | "roleOf">): Command =>
  async ({ address, language, userId, isGroup }) => {
    const usable = rows.filter((row) => hasRole(roleOf(userId), row.role) && worksIn(row, isGroup));
    const sections = SECTIONS.flatMap((section) => {
      const lines = usable.filter((row) => row.section === section).map((row) => lineOf(row, language));
      const title = translate(language, `bot.help.${section}` satisfies MessageKey);
      return lines.length === 0 ? [] : [`**${title}**\n${lines.join("\n")}`];
    });
    const text = [translate(language, "bot.help.intro"), ...sections].join("\n\n");
    await messenger.say(address, renderMarkdown(text));
  };

const lineOf = ({ name, hint, description }: CommandRow, language: CommandRequest["language"]): string => {
  const usage = hint === undefined ? "" : ` \`${translate(language, hint)}\``;
  return `- /${name}${usage} – ${translate(language, description)}`;
};
