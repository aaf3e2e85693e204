import { describe, expect, test } from "vitest";
import {
  botIdSchema,
  chatAddressSchema,
  chatIdSchema,
  idempotencyKeySchema,
  legacySessionId,
} from "./ids.ts";

/** Fault matrix #50: what must never reach a path or a key. */
const HOSTILE = [
  "",
  "..",
  "../x",
  "a/b",
  "a\\b",
  "/etc",
  "a b",
  "a\n",
  "a\0",
  "a.b",
  "ä",
  "é",
  "%2e%2e",
  "\u202e1",
];

describe("bot ids", () => {
  test.each(["default", "web", "123456789", "Some_Bot", "a".repeat(64)])("takes %s", (id) => {
    expect(botIdSchema.safeParse(id).success).toBe(true);
  });

  test.each([...HOSTILE, "with-hyphen", "a".repeat(65), 7, null])("refuses %j", (id) => {
    expect(botIdSchema.safeParse(id).success).toBe(false);
  });
});

describe("chat ids", () => {
  test.each(["42", "-1001234567890", "bg-42-0a1b2c3d", "Local_1", `-${"9".repeat(64)}`])("takes %s", (id) => {
    expect(chatIdSchema.safeParse(id).success).toBe(true);
  });

  test.each([...HOSTILE, "-", "--1", "_a", "1/../2", "9".repeat(65), 7, null])("refuses %j", (id) => {
    expect(chatIdSchema.safeParse(id).success).toBe(false);
  });
});

test("a chat without a topic has the empty one", () => {
  expect(chatAddressSchema.parse({ botId: "b", chatId: "1" })).toEqual({
    botId: "b",
    chatId: "1",
    threadId: "",
  });
});

test("idempotency keys are printable and without spaces", () => {
  expect(idempotencyKeySchema.safeParse("turn-1/retry").success).toBe(true);
  for (const key of ["", "a b", "a\n", "ä", "k".repeat(201)]) {
    expect(idempotencyKeySchema.safeParse(key).success).toBe(false);
  }
});

describe("the ancestor's session id", () => {
  test("names bot and chat, and the topic when there is one", () => {
    expect(legacySessionId({ botId: "b", chatId: "-100", threadId: "" })).toBe("gw-b--100");
    expect(legacySessionId({ botId: "b", chatId: "-100", threadId: "7" })).toBe("gw-b--100.t7");
  });

  test("two chats never share one: bot ids have no hyphen, chat ids no dot", () => {
    const addresses = ["a", "a_b", "ab"].flatMap((botId) =>
      ["1", "-1", "b-1", "1-t7"].flatMap((chatId) =>
        ["", "7"].map((threadId) => ({ botId, chatId, threadId })),
      ),
    );
    expect(new Set(addresses.map(legacySessionId)).size).toBe(addresses.length);
  });
});
