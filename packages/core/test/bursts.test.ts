import type { InboxUpdate } from "@steward/contract/inbox";
import { createFakeClock } from "@steward/platform/clock";
import { chatMessages, inbox, turns } from "@steward/schema/tables";
import { describe, expect, test } from "vitest";
import { pair, promptUpdate, startCore, type TestCore, until } from "./test-core.ts";

const BOT = "123";
const WINDOW_MS = 1_200;
const start = async (options: Parameters<typeof startCore>[0] = {}): Promise<TestCore> => {
  const t = await startCore(options);
  for (const userId of ["42", "43"]) pair(t.core, BOT, userId);
  return t;
};
const from = (userId: string): Partial<InboxUpdate> => ({
  sender: { id: userId, username: null, name: null, language: "en" },
});
const accept = (t: TestCore, ...updates: InboxUpdate[]) => t.core.inbox.accept(BOT, updates).results;
const prompts = (t: TestCore): string[] =>
  t.database.db
    .select()
    .from(turns)
    .all()
    .map(({ prompt }) => prompt);
const sent = (t: TestCore): string[] =>
  t.driver.sessions.flatMap((session) => session.turns.map(({ text }) => text));
const command = (name: string) => promptUpdate("", { kind: "command", command: name });
/** As long as what a client cuts. */
const part = (letter: string, length = 4_090): string => letter.repeat(length);

describe("messages of one person that come together", () => {
  test("are one turn of several rows, in the order they were sent, and one answer", async () => {
    const t = await start();
    const batch = ["look at this", "and at that", "what is wrong?"].map((text, at) =>
      promptUpdate(text, { messageId: 10 + at }),
    );
    const results = accept(t, ...batch);
    expect(new Set(results.map(({ turnId }) => turnId)).size).toBe(1);
    expect(results.map(({ state }) => state)).toEqual(["turn", "turn", "turn"]);
    const turn = await t.core.turns.waitForEnd(results[0]?.turnId ?? "");
    expect(turn).toMatchObject({
      state: "result_saved",
      prompt: "look at this\n\nand at that\n\nwhat is wrong?",
    });
    expect(sent(t)).toEqual([turn.prompt]);
    const front = t.frontEnd(BOT);
    const answers = front.events.flatMap((event) => (event.type === "delivery" ? [event.delivery] : []));
    expect(answers).toMatchObject([{ kind: "answer", replyToMessageId: 12 }]);
    const said = t.database.db.select().from(chatMessages).all();
    expect(said.filter(({ role }) => role === "user").map(({ content }) => content)).toEqual([
      "look at this",
      "and at that",
      "what is wrong?",
    ]);
    expect(accept(t, ...batch).map(({ turnId, duplicate }) => [turnId, duplicate])).toEqual(
      batch.map(() => [turn.id, true]),
    );
    expect(sent(t)).toHaveLength(1);
  });

  test("count once against rate and room", async () => {
    const t = await start({ limits: { maxWaitingPerChat: 1 } });
    t.core.policies.set({}, "maxTurnsPerMinute", 1, "owner");
    const batch = Array.from({ length: 20 }, (_, n) => promptUpdate(`message ${n}`));
    expect(new Set(accept(t, ...batch).map(({ state }) => state))).toEqual(new Set(["turn"]));
    expect(prompts(t)).toHaveLength(1);
  });

  test("stay apart by person, by topic, by what they answer, by a command between them, and by time", async () => {
    const t = await start();
    const chat = { id: "-100", type: "supergroup" as const, threadId: "" };
    t.core.access.allowChat(BOT, "-100", {}, "test");
    const at = (seconds: number) => ({ sentAt: 1_700_000_000_000 + seconds * 1_000 });
    accept(
      t,
      promptUpdate("by 42", { chat, ...from("42") }),
      promptUpdate("by 43", { chat, ...from("43") }),
      promptUpdate("in a topic", { chat: { ...chat, threadId: "9" }, ...from("43") }),
    );
    expect(prompts(t)).toEqual(["User 42: by 42", "User 43: by 43", "User 43: in a topic"]);
    accept(
      t,
      promptUpdate("about a", { replyTo: { messageId: 1, text: "a" } }),
      promptUpdate("more on it", { replyTo: { messageId: 1, text: "a" } }),
      promptUpdate("and more"),
      promptUpdate("about b", { replyTo: { messageId: 2, text: "b" } }),
      command("status"),
      promptUpdate("after the command", at(0)),
      promptUpdate("soon after", at(9)),
      promptUpdate("much later", at(60)),
    );
    expect(prompts(t).slice(3)).toEqual([
      '[Replying to: "a"]\n\nabout a\n\nmore on it\n\nand more',
      '[Replying to: "b"]\n\nabout b',
      "after the command\n\nsoon after",
      "much later",
    ]);
  });

  test("stay apart where one turn would be larger than a prompt may be", async () => {
    const t = await start();
    const large = "x".repeat(600_000);
    accept(t, promptUpdate(large), promptUpdate(large));
    expect(prompts(t)).toHaveLength(2);
  });
});

describe("a message that its client has cut", () => {
  test("waits for the rest and is sent as it was pasted", async () => {
    const t = await start();
    const front = t.frontEnd(BOT);
    const [first] = accept(t, promptUpdate(part("a", 4_096)));
    expect(t.core.turns.get(first?.turnId ?? "")?.state).toBe("received");
    expect(front.events.map(({ type }) => type)).toContain("turn_opened");
    await t.clock.advance(1_000);
    const [second] = accept(t, promptUpdate(part("b", 4_050)));
    await t.clock.advance(1_000);
    expect(sent(t)).toEqual([]);
    const [third] = accept(t, promptUpdate("the end", { messageId: 99 }));
    expect([second?.turnId, third?.turnId]).toEqual([first?.turnId, first?.turnId]);
    const turn = await t.core.turns.waitForEnd(first?.turnId ?? "");
    // Cut in the middle of a word at the limit itself, at the end of a line before it.
    expect(turn.prompt).toBe(`${part("a", 4_096)}${part("b", 4_050)}\nthe end`);
    expect(sent(t)).toEqual([turn.prompt]);
    const said = t.database.db.select().from(inbox).all();
    expect(said.map(({ turnId, state }) => [turnId, state])).toEqual(said.map(() => [turn.id, "turn"]));
  });

  test("is taken up when nothing follows, once the window has passed", async () => {
    const t = await start();
    const [only] = accept(t, promptUpdate(part("a")));
    await t.clock.advance(WINDOW_MS - 1);
    expect(sent(t)).toEqual([]);
    await t.clock.advance(1);
    expect(await t.core.turns.waitForEnd(only?.turnId ?? "")).toMatchObject({ prompt: part("a") });
    const [late] = accept(t, promptUpdate("too late"));
    expect(late?.turnId).not.toBe(only?.turnId);
  });

  test("has its place in the queue at once; whoever writes meanwhile comes after it", async () => {
    const t = await start();
    const chat = { id: "-100", type: "supergroup" as const, threadId: "" };
    const by = (userId: string, text: string) => promptUpdate(text, { chat, ...from(userId) });
    t.core.access.allowChat(BOT, "-100", {}, "test");
    accept(t, by("42", part("a")));
    accept(t, by("43", "in between"));
    accept(t, by("42", "the rest"));
    await until(() => sent(t).length === 2, "both are sent");
    expect(sent(t)).toEqual([`User 42: ${part("a")}\nthe rest`, "User 43: in between"]);
  });

  test("goes on to wait behind a running turn, without a window of its own", async () => {
    const t = await start();
    const ends: (() => void)[] = [];
    t.driver.script = (turn) => void ends.push(() => turn.answer("ok"));
    accept(t, promptUpdate("runs"));
    await until(() => ends.length === 1, "it runs");
    const [long] = accept(t, promptUpdate(part("a")));
    await t.clock.advance(WINDOW_MS);
    expect(t.core.turns.get(long?.turnId ?? "")).toMatchObject({ state: "queued", queuePosition: 1 });
    ends[0]?.();
    await until(() => ends.length === 2, "the long one runs");
  });

  test("is stopped like any that waits, and takes nothing more", async () => {
    const t = await start();
    const place = { botId: BOT, chatId: "42", threadId: "" };
    const [long] = accept(t, promptUpdate(part("a")));
    expect(await t.core.chats.stop(place)).toMatchObject({ stopped: true, turnId: long?.turnId });
    const [next] = accept(t, promptUpdate("something else"));
    expect(next?.turnId).not.toBe(long?.turnId);
    await t.core.turns.waitForEnd(next?.turnId ?? "");
    expect(sent(t)).toEqual(["something else"]);
  });

  test("survives the death of the service in its window: the rest is taken in by the next start, or it runs alone", async () => {
    for (const rest of ["the rest", null]) {
      const t = await start();
      const [long] = accept(t, promptUpdate(part("a")));
      await t.clock.advance(1_000);
      // The dead one's timers run no more.
      const next = await t.reboot({ clock: createFakeClock(t.clock.now() + 5_000) });
      await next.clock.advance(1_000);
      expect(sent(next)).toEqual([]);
      if (rest !== null) expect(accept(next, promptUpdate(rest))[0]?.turnId).toBe(long?.turnId);
      await next.clock.advance(WINDOW_MS);
      await next.core.turns.waitForEnd(long?.turnId ?? "");
      expect(sent(next)).toEqual([rest === null ? part("a") : `${part("a")}\n${rest}`]);
    }
  });

  test("gathers no longer than a paste can take", async () => {
    const t = await start();
    const ids = new Set<string | null>();
    for (let n = 0; n < 30; n += 1) ids.add(accept(t, promptUpdate(part("a")))[0]?.turnId ?? null);
    expect(ids.size).toBe(2);
  });

  test("behind a command it is gathered all the same, and runs when the command is settled", async () => {
    const t = await start();
    const [asked] = accept(t, command("new"));
    const [first] = accept(t, promptUpdate(part("a")));
    const [second] = accept(t, promptUpdate("the rest"));
    expect(second?.turnId).toBe(first?.turnId);
    await t.clock.advance(WINDOW_MS);
    expect(sent(t)).toEqual([]);
    t.core.inbox.settle(asked?.inboxId ?? 0, "handled", "");
    await t.core.turns.waitForEnd(first?.turnId ?? "");
    expect(sent(t)).toEqual([`${part("a")}\nthe rest`]);
  });
});

test("forwarded words stay told from one's own, message by message", async () => {
  const t = await start();
  const bob = { forwardedFrom: "Bob" };
  accept(t, promptUpdate("what do you think?"), promptUpdate("one", bob), promptUpdate("two", bob));
  expect(prompts(t)).toEqual([
    'what do you think?\n\n[Forwarded from "Bob"]\n> one\n\n[Forwarded from "Bob"]\n> two',
  ]);
});
