import { createSilentLogger, type Logger } from "@steward/platform/logger";
import { expect, test } from "vitest";
import { startCore } from "./test-core.ts";

/** Each session that is made asks for a logger of its own. */
const countSessions = () => {
  const silent = createSilentLogger();
  const made: unknown[] = [];
  const child: Logger["child"] = (bindings) => {
    if ("chatRef" in bindings) made.push(bindings.chatRef);
    return { ...silent, child };
  };
  return { made, log: { ...silent, child } };
};

test("looking at chats makes no session of them, and tells what their rows say", async () => {
  const first = await startCore();
  const places = ["a", "b", "c"].map((chatId) => ({ botId: "cli", chatId, threadId: "" }));
  for (const place of places) await first.ask("hello", place);
  await first.core.chats.newConversation(places[2] ?? { botId: "", chatId: "", threadId: "" });
  const at = first.clock.now();
  await first.clock.advance(1_000);

  const { made, log } = countSessions();
  const t = await first.reboot({ log });
  expect(t.core.gateway.sessions("cli")).toMatchObject([
    { chatId: "a", busy: false, firstDone: true, state: "suspended", lastActiveAt: at },
    { chatId: "b", busy: false, firstDone: true, state: "suspended" },
    { chatId: "c", busy: false, firstDone: false, state: "idle" },
  ]);
  const sleeping = { state: "suspended", pid: null, waiting: 0, model: "fake-model", lastActiveAt: at };
  expect(await t.core.sessions.list()).toMatchObject([
    { ...sleeping, chatId: "a" },
    { ...sleeping, chatId: "b" },
  ]);
  expect(t.core.gateway.queueStatus("cli", "a").busy).toBe(false);
  expect(places.map((place) => t.core.chats.status(place).session.state)).toEqual([
    "suspended",
    "suspended",
    "idle",
  ]);
  expect(made).toEqual([]);
});

test("a session that has rested for long is forgotten; its next message resumes the conversation", async () => {
  const { made, log } = countSessions();
  const t = await startCore({ log, limits: { idleTimeoutMs: 60_000 } });
  await t.ask("hello");
  await t.ask("hello", { chatId: "other" });
  expect(made).toHaveLength(2);
  // Idle for a minute, suspended, and looked at twice in the time that a message may come back in.
  await t.clock.advance(60_000);
  await t.ask("soon again");
  expect(made).toHaveLength(2);
  for (let minute = 0; minute < 40; minute += 1) await t.clock.advance(60_000);
  await t.ask("much later");
  expect(made).toHaveLength(3);
  expect(t.driver.launches.at(-1)).toMatchObject({
    resume: true,
    cliSessionId: t.driver.launches[0]?.cliSessionId,
  });
});

test("a session with a queue is not forgotten while a hold keeps it waiting", async () => {
  const { made, log } = countSessions();
  const t = await startCore({ log });
  await t.core.panic.start(null);
  const turnId = t.submit("held");
  for (let minute = 0; minute < 40; minute += 1) await t.clock.advance(60_000);
  t.core.panic.release(null);
  expect((await t.core.turns.waitForEnd(turnId)).state).toBe("done");
  expect(made).toHaveLength(1);
});
