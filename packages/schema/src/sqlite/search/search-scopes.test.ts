import { expect, test } from "vitest";
import { openTestDatabase } from "../open-test-database.ts";
import { botNumber, scopeNumbersOf, scopeTokens } from "./search-scopes.ts";
import { createSearchTables } from "./search-tables.ts";

test("a session has one number, given out once, under its bot's", () => {
  const { sqlite } = openTestDatabase();
  createSearchTables(sqlite);
  const first = scopeNumbersOf(sqlite, "a", "gw-a-1");
  const other = scopeNumbersOf(sqlite, "a", "gw-a-2");
  const foreign = scopeNumbersOf(sqlite, "b", "gw-a-1");
  expect(scopeNumbersOf(sqlite, "a", "gw-a-1")).toEqual(first);
  expect(other.bot).toBe(first.bot);
  expect(new Set([first.chat, other.chat, foreign.chat]).size).toBe(3);
  expect(botNumber(sqlite, "nobody")).toBeNull();
  expect(scopeTokens({ bot: 3, chat: 42 })).toBe("b3 c42");
});
