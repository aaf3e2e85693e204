import { describe, expect, test } from "vitest";
import { startCore, until } from "./test-core.ts";

const usage = { cpuPercent: 12.5, rssBytes: 1_000_000, processes: 2 };

describe("the list of sessions", () => {
  test("shows those awake and asleep with what their processes take, and no chat without one", async () => {
    const sampled: number[][] = [];
    const t = await startCore({
      sampleProcesses: async (pids) => {
        sampled.push([...pids]);
        return new Map(pids.map((pid) => [pid, usage]));
      },
    });
    await t.ask("hello", { chatId: "asleep" });
    await t.core.sessions.reap(0);
    await t.clock.advance(5_000);
    await t.ask("hello", { chatId: "warm" });
    t.driver.script = (turn) => turn.delta("…");
    const running = t.submit("long", { chatId: "busy" });
    await until(() => t.core.turns.get(running)?.text === "…", "it speaks");
    t.submit("after it", { chatId: "busy" });
    const list = await t.core.sessions.list();
    const pids = t.driver.sessions.map(({ pid }) => pid);
    expect(list).toMatchObject([
      { chatId: "warm", state: "ready", pid: pids[1], runningTurnId: null, waiting: 0, usage, hold: null },
      { chatId: "busy", state: "running", pid: pids[2], runningTurnId: running, waiting: 1, warmSince: null },
      { chatId: "asleep", state: "suspended", pid: null, startedAt: null, usage: null, model: "fake-model" },
    ]);
    expect(list[0]).toMatchObject({ startedAt: t.clock.now(), warmSince: t.clock.now() });
    expect(sampled[0]?.toSorted()).toEqual([pids[1], pids[2]]);
  });

  test("takes one query, however many chats there are", async () => {
    const t = await startCore();
    const { sqlite } = t.database;
    sqlite.exec(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)
      INSERT INTO chats (bot_id, chat_id, thread_id, language, conversation_id, created_at)
      SELECT 'cli', 'chat' || i, '', 'en', 'conversation' || i, 0 FROM n;
      INSERT INTO conversations (id, chat_ref, cli_session_id, cwd, has_transcript, created_at, last_active_at)
      SELECT conversation_id, id, 'session' || id, '/', 1, 0, id FROM chats;
    `);
    const prepare = sqlite.prepare.bind(sqlite);
    const asked: string[] = [];
    sqlite.prepare = ((source: string) => {
      asked.push(source);
      return prepare(source);
    }) as typeof sqlite.prepare;
    expect(await t.core.sessions.list()).toHaveLength(50);
    expect(asked).toHaveLength(1);
  });

  test("tells what holds a queue", async () => {
    const t = await startCore();
    await t.core.panic.start(null);
    t.submit("hello");
    expect(await t.core.sessions.list()).toMatchObject([
      { state: "idle", waiting: 1, hold: { kind: "panic", until: null } },
    ]);
  });
});

describe("reaping", () => {
  test("suspends what has been free for that long, and neither what works nor what was used a moment ago", async () => {
    const t = await startCore();
    await t.ask("hello", { chatId: "old" });
    await t.clock.advance(3_600_000);
    await t.ask("hello", { chatId: "young" });
    t.driver.script = (turn) => turn.delta("…");
    const running = t.submit("long", { chatId: "busy" });
    await until(() => t.core.turns.get(running)?.text === "…", "it speaks");
    expect(await t.core.sessions.reap(3_600_000)).toEqual([
      { botId: "cli", chatId: "old", threadId: "", idleMs: 3_600_000 },
    ]);
    expect(t.driver.sessions.map(({ alive }) => alive)).toEqual([false, true, true]);
    expect((await t.core.sessions.reap(0)).map(({ chatId }) => chatId)).toEqual(["young"]);
    expect(t.core.turns.get(running)?.state).toBe("running");
    t.driver.script = (turn) => turn.answer("awake again");
    expect((await t.ask("hello", { chatId: "old" })).text).toBe("awake again");
    expect(t.driver.launches.at(-1)?.resume).toBe(true);
  });
});
