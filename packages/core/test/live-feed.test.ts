import type { LiveEvent } from "@steward/contract/live";
import { expect, test } from "vitest";
import { pair, promptUpdate, startCore, type TestCore, until } from "./test-core.ts";

const ADA = { origin: "person", userId: null, userName: "Ada", turnId: null, messageId: null } as const;
const watch = (t: TestCore) => {
  const events: LiveEvent[] = [];
  const detach = t.core.live.subscribe((event) => events.push(event));
  const changes = () => events.flatMap((event) => (event.type === "changed" ? event.changes : []));
  const kinds = () => events.map((event) => (event.type === "turn_event" ? event.event.type : event.type));
  return { events, changes, kinds, detach };
};
const main = { botId: "cli", chatId: "main", threadId: "" };

test("a page that connects gets the turns that are open, of all chats, then what happens", async () => {
  const t = await startCore();
  let answer: () => void = () => undefined;
  t.driver.script = (turn) => {
    answer = () => turn.answer("four");
  };
  const turnId = t.submit("two and two?");
  await until(() => t.driver.sessions[0]?.turns.length === 1, "it was sent");
  const page = watch(t);
  expect(page.events.map(({ type }) => type)).toEqual(["turn_opened", "live"]);
  expect(page.events[0]).toMatchObject({ turn: { turnId, ...main, state: "running" } });
  answer();
  await t.core.turns.waitForEnd(turnId);
  await t.clock.advance(50);
  expect(page.kinds()).toContain("final");
  expect(page.changes()).toContainEqual({ topic: "history", chat: main });
  expect(page.changes()).toContainEqual({ topic: "sessions", chat: main });
});

test("a burst of changes is told once, and only when it is committed", async () => {
  const t = await startCore();
  const page = watch(t);
  t.database.write(() => {
    for (const key of ["a", "b", "c"]) {
      t.core.memories.add({ botId: "cli", chatId: "main", key, content: "x" }, ADA);
    }
    expect(page.changes()).toEqual([]);
  });
  await t.clock.advance(49);
  expect(page.changes()).toEqual([]);
  await t.clock.advance(1);
  expect(page.changes()).toEqual([{ topic: "memories" }]);
});

test.each<[string, (t: TestCore) => unknown, object]>([
  ["a policy", (t) => t.core.policies.set({}, "verbosity", 2, "test"), { topic: "policies" }],
  ["a hold", (t) => t.core.panic.start(null), { topic: "holds" }],
  [
    "what a client has said",
    (t) =>
      t.core.history.add({
        ...{ sessionId: "s", botId: "b", role: "user", content: "hi", source: "web", telegramChatId: null },
      }),
    { topic: "history" },
  ],
  [
    "somebody who wants to be let in",
    (t) =>
      t.core.access.requestPairing({ botId: "4242", userId: "7", chatId: "7", username: null, name: null }),
    { topic: "access", botId: "4242" },
  ],
  [
    "an invitation",
    (t) =>
      t.core.access.invite({ botId: "4242", role: "user", expiresInMs: 60_000, language: "en" }, "owner"),
    { topic: "access", botId: "4242" },
  ],
  [
    "a bot in another state",
    (t) => t.core.bots.reportState("4242", "unauthorized", ""),
    { topic: "access", botId: "4242" },
  ],
  ["a line in the audit", (t) => t.core.settings.audit("owner", "test", "nothing"), { topic: "audit" }],
])("tells of %s", async (_, act, expected) => {
  const t = await startCore();
  const page = watch(t);
  await act(t);
  await t.clock.advance(50);
  expect(page.changes()).toContainEqual(expected);
});

test("a conversation that is begun, renamed or gone on with is told, also where no session is known", async () => {
  const t = await startCore();
  await t.ask("hello");
  await t.clock.advance(50);
  const again = await t.reboot();
  const page = watch(again);
  const told = async (): Promise<string[]> => {
    await again.clock.advance(50);
    const topics = page.changes().map(({ topic }) => topic);
    page.events.length = 0;
    return topics;
  };
  const [first] = again.core.conversations.list(main, 9);
  again.core.conversations.rename(main, first?.id ?? "", "My boat");
  expect(await told()).toEqual(expect.arrayContaining(["sessions", "history"]));
  await again.core.chats.newConversation(main);
  expect(await told()).toEqual(expect.arrayContaining(["sessions", "history"]));
  await again.core.conversations.select(main, first?.id ?? "");
  expect(await told()).toEqual(expect.arrayContaining(["sessions", "history"]));
});

test("an edited message that still waits is told", async () => {
  const t = await startCore();
  pair(t.core, "4242", "42");
  t.driver.script = () => undefined;
  t.core.inbox.accept("4242", [promptUpdate("first")]);
  const waiting = promptUpdate("second", { messageId: 8 });
  t.core.inbox.accept("4242", [waiting]);
  await t.clock.advance(2_000);
  const page = watch(t);
  t.core.inbox.accept("4242", [{ ...promptUpdate("second, better"), kind: "edit", messageId: 8 }]);
  await t.clock.advance(50);
  expect(page.changes()).toContainEqual(expect.objectContaining({ topic: "history" }));
});

test("deleting what was said is told", async () => {
  const t = await startCore();
  await t.ask("hello");
  await t.clock.advance(50);
  const page = watch(t);
  await t.core.sessionHistory.deleteSession({ botId: "cli", sessionId: "gw-cli-main" }, null);
  await t.clock.advance(50);
  expect(page.changes()).toEqual([{ topic: "history" }]);
});

test("a question of the agent's is told, and its end", async () => {
  const t = await startCore();
  t.driver.script = async (turn) => {
    await turn.askPermission("Bash", { command: "echo hi" });
    turn.answer("done");
  };
  const page = watch(t);
  const turnId = t.submit("go");
  await until(() => t.core.approvals.list({ state: "pending" }).length === 1, "the person is asked");
  await t.clock.advance(50);
  expect(page.changes().filter(({ topic }) => topic === "approvals")).toHaveLength(1);
  const [{ id = "", inputHash = "" } = {}] = t.core.approvals.list({ state: "pending" });
  t.core.approvals.decide(id, { decision: "deny", inputHash });
  await t.core.turns.waitForEnd(turnId);
  await t.clock.advance(50);
  expect(page.changes().filter(({ topic }) => topic === "approvals")).toHaveLength(2);
});

test("who has gone is told nothing more, and nothing of them is left waiting", async () => {
  const t = await startCore();
  const page = watch(t);
  t.core.policies.set({}, "verbosity", 2, "test");
  page.detach();
  await t.clock.advance(100);
  t.core.policies.set({}, "verbosity", 1, "test");
  await t.clock.advance(100);
  expect(page.changes()).toEqual([]);
});
