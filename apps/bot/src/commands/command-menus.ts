import type { AccessEntry } from "@steward/contract/access";
import type { OwnCommand } from "@steward/contract/commands";
import { translate } from "@steward/contract/messages";
import type { BotArguments } from "@steward/telegram/api";
import type { AccessRole, CommandRow } from "./command-row.ts";
import { hasRole } from "./may-use.ts";

/** One call of `setMyCommands`. */
export type CommandMenu = Pick<BotArguments<"setMyCommands">, "commands" | "language_code"> & {
  scope: NonNullable<BotArguments<"setMyCommands">["scope"]>;
};

/** Telegram takes a hundred, and fewer where they are long. */
const MOST_COMMANDS = 60;

/**
 * The menus of people's apps: one for private chats, one for groups, one for whatever else there is, and one more for each
 * person whose role allows more than everybody's. English for everybody, Chinese where the app is.
 *
 * @param people who is let in
 * @param own what people have written as files; it stands last
 */
export function commandMenus(
  rows: readonly CommandRow[],
  people: readonly Pick<AccessEntry, "userId" | "role">[],
  own: readonly OwnCommand[] = [],
): CommandMenu[] {
  const listed = rows.filter(({ inMenu }) => inMenu);
  const forEverybody = listed.filter((row) => hasRole("user", row.role));
  const inPrivate = ({ scope }: CommandRow): boolean => scope !== "group";
  return (["en", "zh"] as const).flatMap((language) => {
    const menu = (
      scope: CommandMenu["scope"],
      shown: readonly CommandRow[],
      role: AccessRole = "user",
    ): CommandMenu => ({
      commands: [
        ...shown.map(({ name, description }) => ({
          command: name,
          description: translate(language, description),
        })),
        ...own
          .filter((command) => hasRole(role, command.role))
          .map(({ name, description }) => ({ command: name, description })),
      ].slice(0, MOST_COMMANDS),
      scope,
      ...(language === "en" ? {} : { language_code: language }),
    });
    const managers = people
      .map(({ userId, role }) => ({
        userId,
        role,
        shown: listed.filter((row) => hasRole(role, row.role) && inPrivate(row)),
      }))
      .filter(
        ({ shown, role }) =>
          shown.length > forEverybody.filter(inPrivate).length ||
          own.some((command) => command.role !== "user" && hasRole(role, command.role)),
      );
    return [
      menu(
        { type: "default" },
        forEverybody.filter(({ scope }) => scope === "both"),
      ),
      menu({ type: "all_private_chats" }, forEverybody.filter(inPrivate)),
      menu(
        { type: "all_group_chats" },
        forEverybody.filter(({ scope }) => scope !== "private"),
      ),
      ...managers.map(({ userId, role, shown }) =>
        menu({ type: "chat", chat_id: Number(userId) }, shown, role),
      ),
    ];
  });
}
