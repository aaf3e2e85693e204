import type { Delivery } from "@steward/contract/deliveries";
import type { InboxUpdate } from "@steward/contract/inbox";
import { chatMessages, turns } from "@steward/schema/tables";
import { beforeEach, describe, expect, test } from "vitest";
import { openFaultyDatabase } from "./faulty-database.ts";
import { pair, promptUpdate, startCore, type TestCore } from "./test-core.ts";

const BOT = "7";
const CHAT = { botId: BOT, chatId: "42" };
let t: TestCore;
beforeEach(async () => {
  t = await startCore();
  pair(t.core, BOT, "42");
});
const send = (text: string, more: Partial<InboxUpdate> = {}) => {
  const update = promptUpdate(text, more);
  const [row] = t.core.inbox.accept(BOT, [update]).results;
  return { update, state: row?.state, turnId: row?.turnId };
};
const said = (): Delivery[] => t.core.deliveries.open(BOT);
const lastSaid = () => said().at(-1);
const contents = (): string[] => t.core.memories.list({ for: CHAT }).map(({ content }) => content);
const askAbout = (delivery: Delivery | undefined, more = {}) => {
  const [changeId = 0, messageId = 0] = (delivery?.subject ?? "").split(".").map(Number);
  const by = { userId: "42", userName: "Ada", language: "en" as const };
  return t.core.askInstead({ address: { ...CHAT, threadId: "" }, changeId, messageId, ...by, ...more });
};
const undo = (delivery: Delivery | undefined) => {
  const author = { origin: "person", userId: "42", userName: "Ada", turnId: null, messageId: null } as const;
  return t.core.memories.undo(Number(delivery?.subject?.split(".")[0]), author);
};

describe("remember …", () => {
  test("is kept and answered without a turn, with its source, and can be taken back", () => {
    expect(send("Remember that my wife is called *Ana*.")).toMatchObject({ state: "handled", turnId: null });
    expect(t.core.memories.list({ of: CHAT })).toMatchObject([
      {
        content: "my wife is called *Ana*",
        key: "my wife is called *Ana*",
        origin: "person",
        sourceUserName: "Ada",
      },
    ]);
    const [message] = t.database.db.select().from(chatMessages).all();
    expect(message).toMatchObject({ role: "user", content: "Remember that my wife is called *Ana*." });
    expect(t.core.memories.list({ of: CHAT })[0]?.sourceMessageId).toBe(message?.id);
    expect(lastSaid()).toMatchObject({
      ...{ kind: "notice", text: "🧠 Remembered: my wife is called \\*Ana\\*", replyToMessageId: 7 },
      actions: ["memory_undo", "memory_ask"],
    });
    expect(undo(lastSaid())).toBeNull();
    expect(contents()).toEqual([]);
    expect(t.database.db.select().from(turns).all()).toEqual([]);
  });

  test("in Chinese is answered in Chinese", () => {
    send("请记住：我对花生过敏。", { sender: { id: "42", username: null, name: "艾达", language: "zh" } });
    expect(contents()).toEqual(["我对花生过敏"]);
    expect(lastSaid()?.text).toBe("🧠 已记住：我对花生过敏");
  });

  test("is kept once, however often its update comes, and after a crash", async () => {
    const { update } = send("remember I live in Berlin");
    t.core.inbox.accept(BOT, [update]);
    t = await t.reboot();
    expect(t.core.inbox.accept(BOT, [update]).results).toMatchObject([{ duplicate: true, state: "handled" }]);
    expect(contents()).toEqual(["I live in Berlin"]);
    expect(said()).toHaveLength(1);
    send("remember I live in Berlin");
    expect(contents()).toEqual(["I live in Berlin"]);
    expect(lastSaid()).toMatchObject({ text: "🧠 I know that already: I live in Berlin", actions: [] });
  });

  test.each(["chat_messages", "memories", "memory_changes", "deliveries", "inbox", "bots"])(
    "leaves nothing when %s cannot be written, and is done whole when it comes again",
    async (table) => {
      const faulty = openFaultyDatabase();
      t = await startCore({ database: faulty.database });
      pair(t.core, BOT, "42");
      const update = promptUpdate("remember I live in Berlin");
      faulty.fails = (_, sql) => sql.startsWith(`insert into "${table}"`);
      expect(() => t.core.inbox.accept(BOT, [update])).toThrow("full");
      faulty.fails = () => false;
      expect([contents(), said(), t.database.db.select().from(chatMessages).all()]).toEqual([[], [], []]);
      t.core.inbox.accept(BOT, [update]);
      expect(contents()).toEqual(["I live in Berlin"]);
      expect(said()).toHaveLength(1);
    },
  );

  test("as a reply means what was replied to; without one it is for the agent", () => {
    send("remember this", { replyTo: { messageId: 3, text: " The port is 8080. ", from: "Bot" } });
    expect(contents()).toEqual(["The port is 8080."]);
    expect(send("remember this").state).toBe("turn");
    const long = { messageId: 3, text: "x".repeat(9_000), from: "Bot" };
    expect(send("remember this", { replyTo: long, sentAt: 99_999_999 }).state).toBe("turn");
  });

  test.each<[string, Partial<InboxUpdate>]>([
    ["in words of somebody else", { forwardedFrom: "Eve" }],
    ["in words of nobody known", { forwardedFrom: "" }],
    ["urgently", { interrupts: true }],
    ["in a group, to nobody in particular", { chat: { id: "-5", type: "group", threadId: "" } }],
  ])("%s is for the agent", (_, more) => {
    t.core.access.allowChat(BOT, "-5", { listensTo: "always" }, "test");
    expect(send("remember that I live in Berlin", more).state).toBe("turn");
    expect(t.core.memories.list({ ofBot: BOT })).toEqual([]);
  });

  test("in a group, said to the bot, is the group's", () => {
    t.core.access.allowChat(BOT, "-5", { listensTo: "always" }, "test");
    const chat = { id: "-5", type: "group" as const, threadId: "" };
    expect(send("remember that we meet on Monday", { chat, addressed: true }).state).toBe("handled");
    expect(t.core.memories.list({ of: { botId: BOT, chatId: "-5" } })).toMatchObject([
      { sourceUserId: "42" },
    ]);
    expect(contents()).toEqual([]);
  });

  test("is for the agent where that is set so, and when there is no room left it says so", () => {
    t.core.policies.set({ botId: BOT }, "rememberSentences", false, "test");
    expect(send("remember that I live in Berlin").state).toBe("turn");
    t.core.policies.set({ botId: BOT }, "rememberSentences", true, "test");
    const insert = t.database.sqlite.prepare(
      "insert into memories (bot_id, chat_id, key, content, origin, created_at, updated_at) values ('7', '1', ?, 'c', 'import', 1, 1)",
    );
    t.database.write(() => {
      for (let n = 0; n < 10_000; n++) insert.run(`k${n}`);
    });
    expect(send("remember that I live in Rome").state).toBe("handled");
    expect(lastSaid()?.text).toContain("10000 memories are kept");
    expect(contents()).toEqual([]);
  });
});

describe("forget …", () => {
  test("forgets what it names word for word, and can be taken back", () => {
    send("remember that my birthday is on 3 May");
    const [memory] = t.core.memories.list({ of: CHAT });
    t.core.memories.update(memory?.id ?? 0, { key: "Birthday" }, HOLDER);
    expect(send("Forget my birthday.").state).toBe("handled");
    expect(contents()).toEqual([]);
    expect(lastSaid()).toMatchObject({ text: "🗑 Forgotten: my birthday is on 3 May" });
    expect(undo(lastSaid())?.key).toBe("Birthday");
    send("forget that my birthday is on 3 May", { updateId: 78 });
    expect(contents()).toEqual([]);
  });

  test("is for the agent when it names nothing, or another chat's, or what this person may not change", () => {
    for (const owner of [
      { botId: BOT, chatId: "" },
      { botId: BOT, chatId: "43" },
      { botId: "8", chatId: "42" },
    ]) {
      t.core.memories.add({ ...owner, key: "birthday", content: "3 May" }, HOLDER);
    }
    pair(t.core, BOT, "43");
    const bo = { id: "43", username: null, name: "Bo", language: "en" as const };
    t.core.memories.remove(t.core.memories.list({ of: { botId: BOT, chatId: "43" } })[0]?.id ?? 0, HOLDER);
    const chat = { id: "43", type: "private" as const, threadId: "" };
    expect(send("forget my birthday", { sender: bo, chat }).state).toBe("turn");
    expect(send("forget my wedding").state).toBe("turn");
    expect(t.core.memories.list({})).toHaveLength(2);
    // The owner may.
    expect(send("forget my birthday", { updateId: 77 }).state).toBe("handled");
  });
});

describe("Ask Claude instead", () => {
  test("takes it back and makes the message a turn, once, and only in its chat", async () => {
    send("remember that I live in Berlin");
    const delivery = lastSaid();
    const elsewhere = { address: { ...CHAT, chatId: "43", threadId: "" } };
    expect(() => askAbout(delivery, elsewhere)).toThrow(/No such change/);
    const { turnId } = askAbout(delivery);
    expect(contents()).toEqual([]);
    expect((await t.core.turns.waitForEnd(turnId)).prompt).toBe("remember that I live in Berlin");
    expect(
      t.database.db
        .select()
        .from(chatMessages)
        .all()
        .map(({ role }) => role),
    ).toEqual(["user", "assistant"]);
    expect(() => askAbout(delivery)).toThrow(/dealt with before/);
  });

  test("after an undo, or a newer change, makes no turn and changes nothing", () => {
    send("remember that I live in Berlin");
    const delivery = lastSaid();
    t.core.memories.update(t.core.memories.list({ of: CHAT })[0]?.id ?? 0, { content: "Rome" }, HOLDER);
    expect(() => askAbout(delivery)).toThrow(/newer/);
    expect(contents()).toEqual(["Rome"]);
    expect(t.database.db.select().from(turns).all()).toEqual([]);
  });
});

const HOLDER = { origin: "client", userId: null, userName: null, turnId: null, messageId: null } as const;
