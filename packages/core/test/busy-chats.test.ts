import type { Delivery } from "@steward/contract/deliveries";
import { chatMessages } from "@steward/schema/tables";
import { describe, expect, test } from "vitest";
import { pair, promptUpdate, startCore, type TestCore, until } from "./test-core.ts";

const BOT = "123";
const CHAT = { botId: BOT, chatId: "42", threadId: "" };

/** The model works on everything until it is told to finish. */
const start = async (): Promise<TestCore> => {
  const t = await startCore();
  pair(t.core, BOT, "42");
  t.driver.script = (turn) => turn.delta("so far");
  return t;
};
let nextMessageId = 100;
/** A message of its own; answers its turn. */
const say = (t: TestCore, text: string, more: Parameters<typeof promptUpdate>[1] = {}): string => {
  const messageId = nextMessageId++;
  const [result] = t.core.inbox.accept(BOT, [promptUpdate(text, { messageId, ...more })]).results;
  return result?.turnId ?? "";
};
const edit = (t: TestCore, messageId: number, text: string) =>
  t.core.inbox.accept(BOT, [promptUpdate(text, { kind: "edit", messageId })]).results[0];
const runs = (t: TestCore, turnId: string) =>
  until(() => t.core.chats.status(CHAT).running?.turnId === turnId, `${turnId} runs`);
const sent = (t: TestCore): string[] =>
  t.driver.sessions.flatMap((session) => session.turns.map(({ text }) => text));
const stateOf = (t: TestCore, turnId: string) => t.core.turns.get(turnId)?.state;
const deliveries = (t: TestCore): Delivery[] => t.core.deliveries.open(BOT);

describe("send now", () => {
  test("stops what runs, is next, and leaves the others in their order", async () => {
    const t = await start();
    const first = say(t, "first");
    await runs(t, first);
    const [second, third, fourth] = [say(t, "second"), say(t, "third"), say(t, "fourth")];
    expect(t.core.queue.advance(fourth, CHAT)).toEqual({ outcome: "next", interruptedTurnId: first });
    await runs(t, fourth);
    expect(t.core.turns.get(first)).toMatchObject({ state: "cancelled", errorCode: "turn_overtaken" });
    expect(t.core.turns.get(second)?.queuePosition).toBe(1);
    expect(t.core.turns.get(third)?.queuePosition).toBe(2);
    t.driver.script = (turn) => turn.answer("done");
    t.core.queue.advance(second, CHAT);
    await t.core.turns.waitForEnd(third);
    expect(sent(t)).toEqual(["first", "fourth", "second", "third"]);
  });

  test("pressed twice interrupts once, and says so when it has begun or ended", async () => {
    const t = await start();
    const first = say(t, "first");
    await runs(t, first);
    const second = say(t, "second");
    expect(t.core.queue.advance(second, CHAT).interruptedTurnId).toBe(first);
    expect(t.core.queue.advance(second, CHAT)).toEqual({ outcome: "next", interruptedTurnId: null });
    await runs(t, second);
    expect(t.core.queue.advance(second, CHAT)).toEqual({ outcome: "running", interruptedTurnId: null });
    expect(t.core.queue.advance(first, CHAT)).toEqual({ outcome: "ended", interruptedTurnId: null });
    expect(stateOf(t, second)).toBe("running");
  });

  test("takes one turn out of what a stop has put aside, and the rest stays there", async () => {
    const t = await start();
    const first = say(t, "first");
    await runs(t, first);
    const [second, third] = [say(t, "second"), say(t, "third")];
    await t.core.chats.stop(CHAT);
    expect(t.core.queue.advance(third, CHAT).outcome).toBe("next");
    await runs(t, third);
    expect(t.core.chats.status(CHAT)).toMatchObject({ held: true, waiting: 1 });
    expect(stateOf(t, second)).toBe("queued");
  });

  test("holds over a restart", async () => {
    const t = await start();
    await runs(t, say(t, "first"));
    const [second, third] = [say(t, "second"), say(t, "third")];
    t.driver.ignoreInterrupts = true;
    t.core.queue.advance(third, CHAT);
    const after = await t.reboot();
    await Promise.all([second, third].map((id) => after.core.turns.waitForEnd(id)));
    const texts = sent(after);
    expect(texts.indexOf("third")).toBeLessThan(texts.indexOf("second"));
  });

  test("of another chat's turn is refused", async () => {
    const t = await start();
    const turnId = say(t, "first");
    expect(() => t.core.queue.advance(turnId, { ...CHAT, chatId: "43" })).toThrow("not found");
    expect(() => t.core.queue.drop(turnId, { ...CHAT, threadId: "9" })).toThrow("not found");
  });
});

describe("cancel", () => {
  test("drops one turn that waits, once; a running one stays", async () => {
    const t = await start();
    const first = say(t, "first");
    await runs(t, first);
    const [second, third] = [say(t, "second"), say(t, "third")];
    expect(t.core.queue.drop(second, CHAT)).toEqual({ outcome: "dropped" });
    expect(t.core.queue.drop(second, CHAT)).toEqual({ outcome: "ended" });
    expect(t.core.queue.drop(first, CHAT)).toEqual({ outcome: "running" });
    expect(t.core.turns.get(second)).toMatchObject({ state: "cancelled", errorCode: "turn_dropped" });
    expect(t.core.turns.get(third)?.queuePosition).toBe(1);
    expect(stateOf(t, first)).toBe("running");
    expect(deliveries(t)).toMatchObject([
      { turnId: second, text: "🗑 Taken out of the queue; it was not run." },
    ]);
  });
});

describe("a message that interrupts", () => {
  test("stops what runs and is next, ahead of what waits", async () => {
    const t = await start();
    const first = say(t, "first");
    await runs(t, first);
    const second = say(t, "second");
    const urgent = say(t, "look here", { interrupts: true });
    await runs(t, urgent);
    expect(stateOf(t, first)).toBe("cancelled");
    expect(stateOf(t, second)).toBe("queued");
    expect(sent(t)).toEqual(["first", "look here"]);
  });

  test("is a message like any other where nothing runs", async () => {
    const t = await start();
    const urgent = say(t, "look here", { interrupts: true });
    await runs(t, urgent);
    expect(sent(t)).toEqual(["look here"]);
  });

  test("handed in twice interrupts once", async () => {
    const t = await start();
    await runs(t, say(t, "first"));
    const batch = [promptUpdate("urgent", { messageId: 7_001, interrupts: true })];
    const [urgent] = t.core.inbox.accept(BOT, batch).results;
    await runs(t, urgent?.turnId ?? "");
    t.core.inbox.accept(BOT, batch);
    await new Promise((resolve) => setImmediate(resolve));
    expect(stateOf(t, urgent?.turnId ?? "")).toBe("running");
    expect(sent(t)).toEqual(["first", "urgent"]);
  });

  test("waits for a command before it, and interrupts then", async () => {
    const t = await start();
    const first = say(t, "first");
    await runs(t, first);
    const command = promptUpdate("", { kind: "command", command: "status" });
    const [held] = t.core.inbox.accept(BOT, [command]).results;
    const urgent = say(t, "urgent", { interrupts: true });
    expect(stateOf(t, first)).toBe("running");
    t.core.inbox.settle(held?.inboxId ?? 0, "handled", "");
    await runs(t, urgent);
    expect(stateOf(t, first)).toBe("cancelled");
  });
});

describe("row 39: an edit", () => {
  test("of a message whose turn waits is what the turn is asked, and what the history says", async () => {
    const t = await start();
    const first = say(t, "first", { messageId: 10 });
    await runs(t, first);
    const second = say(t, "secnod", { messageId: 11 });
    expect(edit(t, 11, "second")).toMatchObject({ state: "handled", edited: true });
    expect(t.core.turns.get(second)?.prompt).toBe("second");
    t.driver.script = (turn) => turn.answer("done");
    await t.core.chats.stop(CHAT, first);
    t.core.chats.release(CHAT, "run");
    await t.core.turns.waitForEnd(second);
    expect(sent(t)).toEqual(["first", "second"]);
    const said = t.database.db.select().from(chatMessages).all();
    expect(said.filter(({ role }) => role === "user").map(({ content }) => content)).toEqual([
      "first",
      "second",
    ]);
  });

  test("of one message among several changes its part alone, whichever is edited first", async () => {
    const t = await start();
    await runs(t, say(t, "first"));
    const batch = ["one", "two", "three"].map((text, at) => promptUpdate(text, { messageId: 20 + at }));
    const [part] = t.core.inbox.accept(BOT, batch).results;
    edit(t, 22, "3");
    edit(t, 20, "the first of three");
    edit(t, 21, "2");
    edit(t, 20, "1");
    edit(t, 22, "the last");
    expect(t.core.turns.get(part?.turnId ?? "")?.prompt).toBe("1\n\n2\n\nthe last");
  });

  test("keeps the quote that the message answers", async () => {
    const t = await start();
    await runs(t, say(t, "first"));
    const replyTo = { messageId: 5, text: "the plan" };
    const turnId = say(t, "wy?", { messageId: 30, replyTo });
    t.core.inbox.accept(BOT, [promptUpdate("why?", { kind: "edit", messageId: 30, replyTo })]);
    expect(t.core.turns.get(turnId)?.prompt).toBe('[Replying to: "the plan"]\n\nwhy?');
  });

  test("while a paste is still being gathered changes its text, and the rest is taken in behind it", async () => {
    const t = await start();
    const long = "a".repeat(4_090);
    const turnId = say(t, long, { messageId: 40 });
    expect(stateOf(t, turnId)).toBe("received");
    edit(t, 40, "shorter");
    say(t, "and the rest", { messageId: 41 });
    await t.clock.advance(2_000);
    await runs(t, turnId);
    expect(sent(t)).toEqual([expect.stringMatching(/^shorter\s+and the rest$/)]);
  });

  test("of what runs is told once, with a way to run it, and runs nothing by itself", async () => {
    const t = await start();
    const turnId = say(t, "frist", { messageId: 50 });
    await runs(t, turnId);
    expect(edit(t, 50, "first")).toMatchObject({ state: "handled" });
    expect(edit(t, 50, "first!")?.edited).toBeUndefined();
    const notices = deliveries(t).filter(({ kind }) => kind === "notice");
    expect(notices).toMatchObject([{ turnId: null, actions: ["run_edited"], replyToMessageId: 50 }]);
    expect(t.core.turns.get(turnId)).toMatchObject({ state: "running", prompt: "frist" });
    expect(sent(t)).toEqual(["frist"]);

    const { turnId: again } = t.core.queue.rerunEdited(CHAT, 50);
    expect(() => t.core.queue.rerunEdited(CHAT, 50)).toThrow("no edit");
    await runs(t, again);
    expect(stateOf(t, turnId)).toBe("cancelled");
    expect(sent(t)).toEqual(["frist", "first!"]);
  });

  test("of what was answered is run again with all of its messages, once for each edit", async () => {
    const t = await start();
    t.driver.script = (turn) => turn.answer("done");
    const batch = ["one", "two"].map((text, at) => promptUpdate(text, { messageId: 60 + at }));
    const [asked] = t.core.inbox.accept(BOT, batch).results;
    await t.core.turns.waitForEnd(asked?.turnId ?? "");
    edit(t, 60, "ONE");
    const { turnId } = t.core.queue.rerunEdited(CHAT, 60);
    await t.core.turns.waitForEnd(turnId);
    edit(t, 61, "TWO");
    await t.core.turns.waitForEnd(t.core.queue.rerunEdited(CHAT, 61).turnId);
    expect(sent(t)).toEqual(["one\n\ntwo", "ONE\n\ntwo", "ONE\n\nTWO"]);
    expect(deliveries(t).filter(({ actions }) => actions.includes("run_edited"))).toHaveLength(2);
  });

  test("that changes no words is passed over, as is one in a group of a message that was none of ours", async () => {
    const t = await start();
    const turnId = say(t, "first", { messageId: 70 });
    await runs(t, turnId);
    expect(edit(t, 70, "first")).toMatchObject({ state: "ignored" });
    const group = { id: "-100", type: "supergroup" as const, threadId: "" };
    t.core.inbox.accept(BOT, [promptUpdate("hm", { kind: "edit", chat: group, messageId: 3 })]);
    expect(deliveries(t)).toEqual([]);
    edit(t, 4_711, "never seen");
    expect(deliveries(t)).toMatchObject([{ kind: "notice", replyToMessageId: 4_711, actions: [] }]);
  });

  test("handed in twice counts once, and survives a restart", async () => {
    const t = await start();
    await runs(t, say(t, "first", { messageId: 80 }));
    const waiting = say(t, "second", { messageId: 81 });
    const update = promptUpdate("2nd", { kind: "edit", messageId: 81 });
    const late = promptUpdate("1st", { kind: "edit", messageId: 80 });
    for (let n = 0; n < 2; n += 1) t.core.inbox.accept(BOT, [update, late]);
    const after = await t.reboot();
    expect(after.core.turns.get(waiting)?.prompt).toBe("2nd");
    const asked = after.core.deliveries.open(BOT).filter(({ actions }) => actions.includes("run_edited"));
    expect(asked).toHaveLength(1);
    await after.core.turns.waitForEnd(waiting);
    const { turnId } = after.core.queue.rerunEdited(CHAT, 80);
    expect((await after.core.turns.waitForEnd(turnId)).text).toBe("echo: 1st");
  });
});

describe("stop as a reply", () => {
  test("to a message stops or drops its turn alone, and the others go on", async () => {
    const t = await start();
    const first = say(t, "first", { messageId: 90 });
    await runs(t, first);
    const second = say(t, "second", { messageId: 91 });
    const third = say(t, "third", { messageId: 92 });
    expect(await t.core.chats.stop(CHAT, undefined, 91)).toMatchObject({ stopped: true, turnId: second });
    expect(stateOf(t, first)).toBe("running");
    expect(await t.core.chats.stop(CHAT, undefined, 90)).toMatchObject({ stopped: true, turnId: first });
    await runs(t, third);
    expect(t.core.chats.status(CHAT).held).toBe(false);
  });

  test("to its status message too; to one that has ended, or to any other, stops nothing", async () => {
    const t = await start();
    const first = say(t, "first", { messageId: 95 });
    await runs(t, first);
    t.core.turns.setPlaceholder(first, 500);
    const nothing = { stopped: false, turnId: null };
    expect(await t.core.chats.stop(CHAT, undefined, 501)).toMatchObject(nothing);
    expect(await t.core.chats.stop(CHAT, undefined, 500)).toMatchObject({ stopped: true, turnId: first });
    expect(await t.core.chats.stop(CHAT, undefined, 95)).toMatchObject(nothing);
  });
});
