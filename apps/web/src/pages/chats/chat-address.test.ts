import { legacySessionId } from "@steward/contract/ids";
import { expect, test } from "vitest";
import { chatOfSession, newChatSession, WEB_BOT } from "./chat-address.ts";

test.each([
  { botId: "123456789", chatId: "42", threadId: "" },
  { botId: "123456789", chatId: "-1001234", threadId: "77" },
  { botId: "cli", chatId: "a-b_c", threadId: "" },
])("a chat is found again by the name of its history: %o", (chat) => {
  expect(chatOfSession(chat.botId, legacySessionId(chat))).toEqual(chat);
});

test.each([
  ["cli", "cron-1"],
  ["cli", "gw-other-1"],
  ["cli", "gw-cli-"],
  ["cli", "gw-cli-../../etc"],
  ["cli", "gw-cli-a b"],
])("another client's session is no chat of ours: %s %s", (botId, sessionId) => {
  expect(chatOfSession(botId, sessionId)).toBeNull();
});

test("each new chat has a name of its own, which is a chat's", () => {
  expect(newChatSession(1)).not.toBe(newChatSession(2));
  expect(chatOfSession(WEB_BOT, newChatSession(Date.now()))).not.toBeNull();
});
