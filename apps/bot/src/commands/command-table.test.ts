import { readFileSync } from "node:fs";
import { BUILT_IN_COMMANDS, COMING_COMMANDS } from "@steward/contract/command-names";
import { type MessageKey, translate } from "@steward/contract/messages";
import { describe, expect, test } from "vitest";
import { commandMenus } from "./command-menus.ts";
import { COMMAND_TABLE } from "./command-table.ts";

const names = COMMAND_TABLE.flatMap(({ name, aliases }) => [name, ...aliases]);

describe("the command table", () => {
  test("has each word once, also among those that are to come", () => {
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => COMING_COMMANDS.has(name))).toEqual([]);
  });

  test("is what the contract keeps other commands away from", () => {
    expect([...BUILT_IN_COMMANDS].sort()).toEqual([...names].sort());
  });

  test.each(names)("/%s is a command as Telegram takes it", (name) => {
    expect(name).toMatch(/^[a-z][a-z0-9_]{0,31}$/);
  });

  test.each(COMMAND_TABLE)("/$name is described in both languages, in the length of a menu", (row) => {
    for (const language of ["en", "zh"] as const) {
      const text = translate(language, row.description);
      expect(text.length).toBeGreaterThan(1);
      expect(text.length).toBeLessThanOrEqual(60);
    }
  });
});

describe("the menus", () => {
  const menus = commandMenus(COMMAND_TABLE, [
    { userId: "1", role: "owner" },
    { userId: "2", role: "user" },
  ]);

  test("are for everybody, for groups, and for whose role allows more; in both languages", () => {
    expect(menus.map(({ scope, language_code }) => [language_code ?? "", scope.type])).toEqual(
      ["", "zh"].flatMap((language) =>
        ["default", "all_private_chats", "all_group_chats", "chat"].map((type) => [language, type]),
      ),
    );
  });

  test("fit what Telegram takes, and a person's patience", () => {
    for (const { commands } of menus) {
      expect(Buffer.byteLength(JSON.stringify(commands))).toBeLessThan(4_000);
      expect(commands.length).toBeLessThanOrEqual(24);
    }
  });

  test("show nobody what is not for them", () => {
    const shown = (type: string): string[] =>
      menus.find(({ scope }) => scope.type === type)?.commands.map(({ command }) => command) ?? [];
    for (const { name, role, scope } of COMMAND_TABLE) {
      if (role !== "user") expect(shown("all_private_chats")).not.toContain(name);
      if (scope === "group") expect(shown("all_private_chats")).not.toContain(name);
      if (scope === "private") expect(shown("all_group_chats")).not.toContain(name);
    }
    expect(shown("chat")).toContain("panic");
  });
});

test("docs/telegram.md lists the table as it is", () => {
  const page = readFileSync(new URL("../../../../docs/telegram.md", import.meta.url), "utf8");
  const listed = page.split("\n").filter((line) => /^\| `\/\w+/.test(line));
  const who = { user: "everybody", admin: "owner, admins", owner: "owner" };
  const expected = COMMAND_TABLE.map(({ name, hint, description, role, aliases }) => {
    const usage =
      hint === undefined ? "" : ` ${hint.startsWith("[") ? hint : translate("en", hint as MessageKey)}`;
    const also = aliases.map((alias) => ` (also \`/${alias}\`)`).join("");
    return `| \`/${name}${usage.replaceAll("|", "\\|")}\` | ${translate("en", description)}${also} | ${who[role]} |`;
  });
  expect(listed).toEqual(expected);
});
