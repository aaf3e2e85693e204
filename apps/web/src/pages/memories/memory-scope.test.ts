import { expect, test } from "vitest";
import { isInScope, readScope, scopeQuery, writeScope } from "./memory-scope.ts";

const shared = { botId: "", chatId: "" };
const ofBot = { botId: "b", chatId: "" };
const ofChat = { botId: "b", chatId: "-7" };

test("a choice survives the address", () => {
  for (const scope of [shared, ofBot, ofChat]) expect(readScope(writeScope(scope))).toEqual(scope);
  expect(readScope(undefined)).toBeNull();
  expect(readScope("/7")).toBeNull();
});

test("a bot's memories are its chats' as well, a chat's its own, everybody's nobody else's", () => {
  expect(scopeQuery("*")).toEqual({ own: "true" });
  expect(scopeQuery("b")).toEqual({ botId: "b" });
  expect(scopeQuery("b/-7")).toEqual({ botId: "b", chatId: "-7", own: "true" });
  expect(scopeQuery(undefined)).toEqual({});
  const fits = (scope: string | undefined) => [shared, ofBot, ofChat].map((it) => isInScope(it, scope));
  expect(fits(undefined)).toEqual([true, true, true]);
  expect(fits("*")).toEqual([true, false, false]);
  expect(fits("b")).toEqual([false, true, true]);
  expect(fits("b/-7")).toEqual([false, false, true]);
});
