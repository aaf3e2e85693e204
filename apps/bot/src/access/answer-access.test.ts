import { describe, expect, test } from "vitest";
import { type AccessAction, formatAccessData, parseAccessData } from "./access-data.ts";
import { createAnswerAccess } from "./answer-access.ts";

const OWNER = { botId: "4242", chatId: "77", threadId: "" };

function start(warning: string | null = null) {
  const done: unknown[] = [];
  const answer = createAnswerAccess({
    steward: {
      approvePairing: async (...asked) => {
        done.push(["approve", ...asked]);
        const person = { botId: "4242", userId: "66", username: null, name: null, createdAt: 1 };
        return { entry: { ...person, role: "user" }, warning };
      },
      refusePairing: async (...asked) => void done.push(["refuse", ...asked]),
      allowChat: async (...asked) => {
        done.push(["allow", ...asked]);
        const how = { admits: "paired", listensTo: "addressed" } as const;
        const chat = { botId: "4242", chatId: "-5", title: null, allowedBy: "x", createdAt: 1, leftAt: null };
        return { chat: { ...chat, ...how }, privacyMode: false };
      },
      disallowChat: async (...asked) => {
        done.push(["disallow", ...asked]);
        return false;
      },
    },
    messenger: {
      say: async (_address, { text }) => done.push(["say", text]),
      answerCallback: async (_id, text) => void done.push(["toast", text]),
    },
  });
  const asker = { address: OWNER, language: "en", userId: "77" } as const;
  const press = (action: AccessAction) =>
    answer({ ...asker, callbackId: "c", data: formatAccessData(action), messageId: 9 } as never, action);
  return { done, press };
}

describe("a button under a question to the owner", () => {
  test.each<[AccessAction, unknown[]]>([
    [{ kind: "pair_allow", code: "ACDEFGHJ" }, ["approve", "ACDEFGHJ", "77", "en"]],
    [{ kind: "pair_refuse", code: "ACDEFGHJ" }, ["refuse", "ACDEFGHJ", "77"]],
    [{ kind: "chat_allow", chatId: "-100123" }, ["allow", "-100123", { actingUserId: "77" }]],
    [{ kind: "chat_refuse", chatId: "-100123" }, ["disallow", "-100123", "77"]],
  ])("%j asks the API in the name of whoever pressed it, and nobody else's", async (action, asked) => {
    const data = formatAccessData(action);
    expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
    expect(parseAccessData(data)).toEqual(action);
    const { done, press } = start();
    await press(action);
    expect(done).toEqual([["toast", expect.any(String)], asked]);
  });

  test("passes the warning about one subscription on", async () => {
    const { done, press } = start("2 people now share this bot.");
    await press({ kind: "pair_allow", code: "ACDEFGHJ" });
    expect(done.at(-1)).toEqual(["say", "⚠️ 2 people now share this bot."]);
  });

  test.each(["y:", "y:lower", "n:A B", "g:123", "g:-", "h:-1:2", "x:ABC", ""])(
    "%j is none of ours",
    (data) => {
      expect(parseAccessData(data)).toBeNull();
    },
  );
});
