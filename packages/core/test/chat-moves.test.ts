import type { FrontEndEvent } from "@steward/contract/deliveries";
import type { InboxUpdate } from "@steward/contract/inbox";
import { chatMessages } from "@steward/schema/tables";
import { beforeEach, describe, expect, test } from "vitest";
import { pair, promptUpdate, startCore, type TestCore, until } from "./test-core.ts";

const BOT = "7";
const OWNER = "1";
const OLD = "-5";
const NEW = "-1005";
const MOVE = { fromChatId: OLD, toChatId: NEW };
const sender = { id: OWNER, username: null, name: "Ada", language: "en" as const };
const inChat = (id: string): Partial<InboxUpdate> => ({
  chat: { id, type: id === OLD ? "group" : "supergroup", threadId: "" },
  sender,
});
/** As Telegram says it in the old chat, and in the new one; who caused it does not matter. */
const leaving = () => promptUpdate("", { ...inChat(OLD), sender: null, kind: "membership", migration: MOVE });
const arriving = () =>
  promptUpdate("", { ...inChat(NEW), sender: null, kind: "membership", migration: MOVE });

let t: TestCore;
let events: FrontEndEvent[];
beforeEach(async () => {
  t = await startCore();
  pair(t.core, BOT, OWNER);
  t.core.access.allowChat(BOT, OLD, { title: "Team", listensTo: "always" }, "cli");
  events = t.frontEnd(BOT).events;
});
const accept = (...updates: InboxUpdate[]) => t.core.inbox.accept(BOT, updates).results;
const write = (text: string, chatId: string) => {
  const [row] = accept(promptUpdate(text, { ...inChat(chatId), messageId: 44 }));
  return { state: row?.state, turnId: row?.turnId ?? "" };
};
const conversationIn = (chatId: string) =>
  t.core.chats.status({ botId: BOT, chatId, threadId: "" }).conversation?.id;
const sessionsOfHistory = () => [
  ...new Set(
    t.database.db
      .select()
      .from(chatMessages)
      .all()
      .map(({ sessionId }) => sessionId),
  ),
];

describe("a group that becomes a supergroup", () => {
  test.each([
    ["first where it was", [leaving, arriving]],
    ["first where it is", [arriving, leaving]],
    ["twice", [leaving, leaving, arriving, arriving, leaving]],
  ])("keeps conversation, history, files' place and access, told %s", async (_, says) => {
    const { turnId } = write("hello", OLD);
    await t.core.turns.waitForEnd(turnId);
    const before = conversationIn(OLD);
    const cwd = t.driver.launches[0]?.cwd;
    for (const say of says) expect(accept(say())[0]?.state).toBe("handled");
    expect(conversationIn(NEW)).toBe(before);
    expect(t.core.access.listChats(BOT)).toMatchObject([
      { chatId: NEW, title: "Team", listensTo: "always", leftAt: null },
    ]);
    expect(sessionsOfHistory()).toEqual([`gw-${BOT}-${NEW}`]);
    const next = write("and now?", NEW);
    await t.core.turns.waitForEnd(next.turnId);
    expect(t.core.turns.get(next.turnId)?.conversationId).toBe(before);
    // The same live process: nothing was started anew, and a new conversation works where the old one did.
    expect(t.driver.launches).toHaveLength(1);
    await t.core.chats.newConversation({ botId: BOT, chatId: NEW, threadId: "" });
    await t.core.turns.waitForEnd(write("fresh", NEW).turnId);
    expect(t.driver.launches.map((launch) => launch.cwd)).toEqual([cwd, cwd]);
    expect(events.filter(({ type }) => type === "access").at(-1)).toMatchObject({ moves: [MOVE] });
  });

  test("takes along what runs, waits and is still to be said; nothing of it answers a message of the old chat", async () => {
    const late: (() => void)[] = [];
    t.driver.script = (turn) => {
      if (turn.text === "Ada: answered") turn.answer("the answer");
      else late.push(() => turn.answer("late"));
    };
    const answered = write("answered", OLD);
    await t.core.turns.waitForEnd(answered.turnId);
    const runs = write("runs", OLD);
    await until(() => t.core.turns.get(runs.turnId)?.state === "running", "it runs");
    const waits = accept(promptUpdate("waits", { ...inChat(OLD), replyTo: { messageId: 9, text: "" } }))[0];
    const [waiting] = t.core.deliveries.open(BOT);
    t.core.deliveries.setPlaceholder(waiting?.id ?? "", 0, 45);
    events.length = 0;

    expect(t.core.chatMoves.moveNow(BOT, MOVE)).toBe(true);
    expect(t.core.chatMoves.moveNow(BOT, MOVE)).toBe(false);
    const opened = events.flatMap((event) => (event.type === "turn_opened" ? [event.turn] : []));
    expect(opened).toMatchObject([
      { turnId: runs.turnId, chatId: NEW, replyToMessageId: null, placeholderId: null },
      { turnId: waits?.turnId, chatId: NEW, replyToMessageId: null },
    ]);
    const said = events.flatMap((event) => (event.type === "delivery" ? [event.delivery] : []));
    expect(said).toMatchObject([
      { id: waiting?.id, chatId: NEW, placeholderIds: [], replyToMessageId: null, revision: 1 },
    ]);

    late[0]?.();
    await t.core.turns.waitForEnd(runs.turnId);
    const last = t.core.deliveries.open(BOT).find(({ turnId }) => turnId === runs.turnId);
    expect(last).toMatchObject({ chatId: NEW, text: "late", replyToMessageId: null, placeholderIds: [] });
  });

  test("what still names the old id is about the new one", async () => {
    accept(leaving());
    const { state, turnId } = write("late", OLD);
    expect(state).toBe("turn");
    expect(t.core.turns.get(turnId)).toMatchObject({ chatId: NEW });
    // A second move is followed from both earlier ids.
    t.core.chatMoves.moveNow(BOT, { fromChatId: NEW, toChatId: "-2005" });
    expect(t.core.access.moves(BOT)).toEqual([
      { fromChatId: NEW, toChatId: "-2005" },
      { fromChatId: OLD, toChatId: "-2005" },
    ]);
    expect(t.core.turns.get(turnId)).toMatchObject({ chatId: "-2005" });
  });

  test("that was written in under its new id before: the conversations meet there", async () => {
    await t.core.turns.waitForEnd(write("old", OLD).turnId);
    const before = conversationIn(OLD);
    t.core.access.allowChat(BOT, NEW, { listensTo: "addressed" }, "cli");
    await t.core.turns.waitForEnd(write("new", NEW).turnId);
    const current = conversationIn(NEW);
    accept(arriving());
    expect(conversationIn(NEW)).toBe(current);
    const here = { botId: BOT, chatId: NEW, threadId: "" };
    expect(
      t.core.conversations
        .list(here, 10)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([before, current].sort());
    expect(t.core.deliveries.open(BOT).map(({ chatId }) => chatId)).toEqual([NEW, NEW]);
    expect(t.core.access.listChats(BOT)).toMatchObject([{ chatId: NEW, listensTo: "addressed" }]);
    expect(sessionsOfHistory()).toEqual([`gw-${BOT}-${NEW}`]);
  });

  test("of which nothing is known here leaves nothing behind", () => {
    const move = { fromChatId: "-66", toChatId: "-10066" };
    expect(t.core.chatMoves.moveNow(BOT, move)).toBe(false);
    expect(t.core.chatMoves.moveNow("8", MOVE)).toBe(false);
    expect(t.core.access.moves(BOT)).toEqual([]);
    expect(t.core.access.listChats(BOT)).toHaveLength(1);
  });

  test("survives the death of the service: the next start knows where everything is", async () => {
    const { turnId } = write("hello", OLD);
    await t.core.turns.waitForEnd(turnId);
    const before = conversationIn(OLD);
    accept(leaving());
    t = await t.reboot();
    expect(t.core.access.presentId(BOT, OLD)).toBe(NEW);
    const next = write("again", NEW);
    await t.core.turns.waitForEnd(next.turnId);
    expect(t.core.turns.get(next.turnId)).toMatchObject({ conversationId: before, chatId: NEW });
  });
});
