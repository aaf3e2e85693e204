import { DomainError } from "@steward/contract/errors";
import {
  chatMessages,
  deliveries,
  inbox,
  memoryChanges,
  turnEvents,
  turnRecalls,
  turns,
} from "@steward/schema/tables";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { MemoryAuthor } from "../src/memory/memory-service.ts";
import { pair, promptUpdate, startCore, type TestCore, until } from "./test-core.ts";
import { unaskedResult } from "./unasked-result.ts";

const DAY_MS = 86_400_000;
const main = { botId: "cli", sessionId: "gw-cli-main" };

const NOBODY: MemoryAuthor = {
  ...{ origin: "person", userId: null, userName: null, turnId: null, messageId: null },
};

const say = (t: TestCore, sessionId: string, content: string, botId = "cli"): number =>
  t.core.history.add({ sessionId, botId, role: "user", content, source: "web", telegramChatId: null });
const texts = (page: { messages: { text: string }[] }): string[] => page.messages.map(({ text }) => text);
/** Everything that the database holds, as text. */
const everything = (t: TestCore): string => {
  const { sqlite } = t.database;
  const names = sqlite
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
    .pluck()
    .all() as string[];
  return JSON.stringify(names.map((name) => sqlite.prepare(`SELECT * FROM "${name}"`).all()));
};

test("sessions come from every door, the latest first, with what was said last", async () => {
  const t = await startCore();
  await t.ask("hello");
  t.clock.stepWallClock(1_000);
  await t.ask("in the other", { chatId: "other" });
  t.clock.stepWallClock(1_000);
  say(t, "a-client's-own", `long ${"x".repeat(300)}`, "robot");
  const { sessions, next } = t.core.sessionHistory.sessions({ botId: undefined }, 50, undefined);
  expect(next).toBeNull();
  expect(sessions).toMatchObject([
    { botId: "robot", chat: null, title: null, messages: 1, last: { role: "user" } },
    {
      chat: { chatId: "other", threadId: "" },
      messages: 2,
      last: { role: "assistant", text: "echo: in the other" },
    },
    { chat: { chatId: "main" }, title: "hello", messages: 2 },
  ]);
  expect(sessions[0]?.last.text).toHaveLength(200);
  expect(t.core.sessionHistory.sessions({ botId: "robot" }, 50, undefined).sessions).toHaveLength(1);
});

test("pages of sessions join without gap or repeat, also of the same moment", async () => {
  const t = await startCore();
  for (let n = 0; n < 7; n++) say(t, `s${n}`, "x");
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const { sessions, next } = t.core.sessionHistory.sessions({ botId: undefined }, 3, cursor);
    seen.push(...sessions.map(({ sessionId }) => sessionId));
    cursor = next ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual(["s6", "s5", "s4", "s3", "s2", "s1", "s0"]);
});

test("pages of messages join in both directions and around any of them, whatever their times", async () => {
  const t = await startCore();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 25 }),
      fc.integer({ min: 1, max: 6 }),
      async (times, limit) => {
        t.database.db.delete(chatMessages).run();
        const ids = times.map((at) => {
          const id = say(t, "s", "x");
          t.database.sqlite.prepare("UPDATE chat_messages SET created_at = ? WHERE id = ?").run(at, id);
          return { id, at };
        });
        const ordered = ids.sort((a, b) => a.at - b.at || a.id - b.id).map(({ id }) => id);
        const session = { botId: "cli", sessionId: "s" };
        const read = (start: object) => t.core.sessionHistory.messages(session, limit, start);
        const idsOf = (page: ReturnType<typeof read>): number[] => page.messages.map(({ id }) => id);

        const backward: number[] = [];
        for (let page = read({}); ; page = read({ before: page.earlier })) {
          backward.unshift(...idsOf(page));
          if (page.earlier === null) break;
        }
        expect(backward).toEqual(ordered);
        for (const [n, id] of ordered.entries()) {
          const page = read({ around: id });
          const begin = ordered.indexOf(page.messages[0]?.id ?? -1);
          expect(idsOf(page)).toContain(id);
          expect(idsOf(page)).toEqual(ordered.slice(begin, begin + page.messages.length));
          expect(page.messages.length).toBeLessThanOrEqual(limit);
          const forward = idsOf(page);
          for (let after = page.later; after !== null; ) {
            const more = read({ after });
            forward.push(...idsOf(more));
            after = more.later;
          }
          expect(forward).toEqual(ordered.slice(begin));
          expect(page.earlier === null).toBe(begin === 0);
          expect(n).toBeGreaterThanOrEqual(begin);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("an answer says how it came about, and files stand with what they came with", async () => {
  const t = await startCore();
  t.driver.script = (turn) => turn.answer("done");
  await t.ask("do it");
  const { messages } = t.core.sessionHistory.messages(main, 50, {});
  expect(messages).toMatchObject([
    { role: "user", text: "do it", userName: "Ada", turn: null, files: [] },
    { role: "assistant", text: "done", turn: { state: "done", tools: 0, durationMs: expect.any(Number) } },
  ]);
});

test("an export holds every message once, as JSON and as Markdown, however long it is", async () => {
  const t = await startCore();
  for (let n = 0; n < 1_203; n++) say(t, "s", `message ${n}`);
  const session = { botId: "cli", sessionId: "s" };
  const json = [...t.core.sessionHistory.export(session, "json")];
  const read = JSON.parse(json.join("")) as { sessionId: string; messages: { text: string }[] };
  expect(read.sessionId).toBe("s");
  expect(texts(read)).toEqual(Array.from({ length: 1_203 }, (_, n) => `message ${n}`));
  const markdown = [...t.core.sessionHistory.export(session, "markdown")].join("");
  expect(markdown.match(/^message \d+$/gm)).toHaveLength(1_203);
  expect(() => t.core.sessionHistory.export({ botId: "cli", sessionId: "none" }, "json")).toThrow(
    DomainError,
  );
});

test("what is deleted is nowhere any more: not in turns, logs, deliveries, updates; what it cost stays", async () => {
  const t = await startCore();
  pair(t.core, "4242", "42");
  t.driver.script = (turn) => {
    turn.delta("the-secret-answer");
    turn.answer("the-secret-answer");
  };
  const [accepted] = t.core.inbox.accept("4242", [promptUpdate("the-secret-question")]).results;
  const turn = await t.core.turns.waitForEnd(accepted?.turnId ?? "");
  for (const { id } of t.core.deliveries.open("4242")) t.core.deliveries.settle(id, { outcome: "delivered" });
  expect(t.core.turns.get(turn.id)?.state).toBe("done");
  t.driver.script = (turn) => turn.answer("another answer");
  await t.ask("something else");
  expect(everything(t).match(/the-secret-/g)?.length).toBeGreaterThan(4);

  const session = { botId: "4242", sessionId: "gw-4242-42" };
  expect(await t.core.sessionHistory.deleteSession(session, null)).toEqual({ deleted: 2, kept: 0 });
  expect(everything(t)).not.toContain("the-secret-answer");
  expect(everything(t)).not.toContain("the-secret-question");
  expect(t.database.db.select().from(turns).all()).toHaveLength(2);
  expect(
    t.database.db
      .select()
      .from(deliveries)
      .all()
      .some(({ text }) => text === ""),
  ).toBe(true);
  expect(t.database.db.select().from(inbox).all()).toMatchObject([{ state: "turn", payload: null }]);
  expect(texts(t.core.sessionHistory.messages(main, 9, {}))).toEqual(["something else", "another answer"]);
});

test("what repeats words that are deleted is gone, too: calls of tools, questions about them, edits, receipts, what came unasked", async () => {
  const t = await startCore();
  pair(t.core, "4242", "42");
  const note = { botId: "4242", chatId: "42", key: "note", content: "kept on purpose", pinned: true };
  t.core.memories.add(note, {
    origin: "person",
    userId: null,
    userName: null,
    turnId: null,
    messageId: null,
  });
  t.driver.script = async (turn) => {
    await turn.askPermission("Bash", { command: "echo the-secret-input" });
    turn.answer("done");
    turn.emit({ ...unaskedResult, text: "the-secret-report" });
  };
  const asked = promptUpdate("go", { messageId: 7 });
  const [accepted] = t.core.inbox.accept("4242", [asked]).results;
  await until(() => t.core.approvals.list({ state: "pending" }).length === 1, "the person is asked");
  t.core.inbox.accept("4242", [{ ...promptUpdate("the-secret-edit"), kind: "edit", messageId: 7 }]);
  const [{ id = "", inputHash = "" } = {}] = t.core.approvals.list({ state: "pending" });
  t.core.approvals.decide(id, { decision: "deny", inputHash, userId: "42" });
  await t.core.turns.waitForEnd(accepted?.turnId ?? "");
  const session = { botId: "4242", sessionId: "gw-4242-42" };
  await until(() => texts(t.core.sessionHistory.messages(session, 9, {})).length === 3, "the report came");
  for (const { id: delivery } of t.core.deliveries.open("4242"))
    t.core.deliveries.settle(delivery, { outcome: "delivered" });
  expect(new Set(everything(t).match(/the-secret-\w+/g))).toEqual(
    new Set(["the-secret-input", "the-secret-edit", "the-secret-report"]),
  );
  expect(t.database.db.select().from(turnRecalls).all()).toHaveLength(1);

  expect(await t.core.sessionHistory.deleteSession(session, null)).toEqual({ deleted: 3, kept: 0 });
  expect(everything(t)).not.toContain("the-secret-");
  expect(t.database.db.select().from(turnRecalls).all()).toEqual([]);
  expect(t.core.memories.list({ of: note })).toMatchObject([{ content: "kept on purpose" }]);
});

test("a wish about the memory that is deleted stands neither in its answer nor in its update; the memory stays", async () => {
  const t = await startCore();
  pair(t.core, "4242", "42");
  t.core.inbox.accept("4242", [promptUpdate("Remember: the-secret-wish is granted")]);
  for (const { id } of t.core.deliveries.open("4242")) t.core.deliveries.settle(id, { outcome: "delivered" });
  const [memory] = t.core.memories.list({});
  expect(memory).toMatchObject({ content: expect.stringContaining("the-secret-wish") });
  t.core.memories.update(memory?.id ?? 0, { key: "wish", content: "granted" }, NOBODY);
  await t.core.housekeeping.dropOld();

  const session = { botId: "4242", sessionId: "gw-4242-42" };
  expect(await t.core.sessionHistory.deleteSession(session, null)).toEqual({ deleted: 1, kept: 0 });
  t.database.db.delete(memoryChanges).run();
  expect(everything(t)).not.toContain("the-secret-wish");
  expect(t.core.memories.list({})).toMatchObject([{ content: "granted" }]);
});

test("one message alone can be deleted; its turn cannot be asked again", async () => {
  const t = await startCore();
  const turn = await t.ask("forget this");
  const [asked] = t.core.sessionHistory.messages(main, 9, {}).messages;
  const elsewhere = { botId: "cli", sessionId: "gw-cli-other" };
  expect(() => t.core.sessionHistory.deleteMessage(elsewhere, asked?.id ?? 0)).toThrow(/no such message/);
  expect(t.core.sessionHistory.deleteMessage(main, asked?.id ?? 0)).toEqual({ deleted: 1, kept: 0 });
  expect(texts(t.core.sessionHistory.messages(main, 9, {}))).toEqual(["echo: forget this"]);
  expect(t.database.db.select().from(turnEvents).all()).toEqual([]);
  expect(() => t.core.turns.retry(turn.id, "retry", "k")).toThrow(/deleted/);
});

test("what has not ended is kept until it has", async () => {
  const t = await startCore();
  t.driver.script = (turn) => turn.delta("working");
  const turnId = t.submit("still needed");
  await until(() => t.core.turns.get(turnId)?.state === "running", "the turn runs");
  expect(await t.core.sessionHistory.deleteSession(main, null)).toEqual({ deleted: 0, kept: 1 });
  expect(texts(t.core.sessionHistory.messages(main, 9, {}))).toEqual(["still needed"]);
});

test("messages are kept for ever, or for as long as their chat, bot or everything says", async () => {
  const t = await startCore();
  await t.ask("in main");
  await t.ask("in other", { chatId: "other" });
  say(t, "a-client's-own", "by a robot", "robot");
  const count = (): number => t.database.db.select().from(chatMessages).all().length;
  t.clock.stepWallClock(400 * DAY_MS);
  await t.core.housekeeping.dropOld();
  expect(count()).toBe(5);
  t.core.policies.set({ botId: "cli", chatId: "other", threadId: "" }, "keepMessagesDays", 500, "test");
  t.core.policies.set({ botId: "robot" }, "keepMessagesDays", 30, "test");
  t.core.policies.set({}, "keepMessagesDays", 399, "test");
  await t.core.housekeeping.dropOld();
  expect(t.core.sessionHistory.sessions({ botId: undefined }, 9, undefined).sessions).toMatchObject([
    { sessionId: "gw-cli-other", messages: 2 },
  ]);
});

test("a cursor that no answer gave is refused", async () => {
  const t = await startCore();
  await t.ask("hello");
  expect(() => t.core.sessionHistory.messages(main, 9, { before: "1.%" })).toThrow(/cursor/);
  expect(() => t.core.sessionHistory.messages(main, 9, { around: 99_999 })).toThrow(/no such message/);
});

test("a found message opens with what was said around it, for its own chat alone", async () => {
  const t = await startCore();
  pair(t.core, "4242", "42");
  const [accepted] = t.core.inbox.accept("4242", [promptUpdate("where is it", { messageId: 77 })]).results;
  await t.core.turns.waitForEnd(accepted?.turnId ?? "");
  t.core.turns.setPlaceholder(accepted?.turnId ?? "", 78);
  const session = { botId: "4242", sessionId: "gw-4242-42" };
  const [asked] = t.core.sessionHistory.messages(session, 9, {}).messages;
  const opened = t.core.sessionHistory.open({ botId: "4242", chatId: "42" }, asked?.id ?? 0, 9);
  expect(opened).toMatchObject({ ...session, messages: [{ messageId: 77 }, { messageId: 78 }] });
  for (const of of [
    { botId: "4242", chatId: "4" },
    { botId: "cli", chatId: undefined },
  ])
    expect(() => t.core.sessionHistory.open(of, asked?.id ?? 0, 9)).toThrow(/no such message/);
});
