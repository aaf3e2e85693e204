import { describe, expect, test } from "vitest";
import { useService } from "./service-fixture.ts";

const service = useService();
const { run, runInChinese } = service;

describe("panic", () => {
  const panic = { active: true, since: 1, by: "owner", waiting: 3 };

  test("stops everything and says what came of it and how to go on", async () => {
    service.double.on("startPanic", () => ({ body: { ...panic, stopped: 2, ended: 4 } }));
    expect(await run("panic")).toEqual({
      code: 0,
      stdout: "Everything is stopped: 2 running turns, 4 Claude processes. 3 turns wait.\n",
      stderr: "New messages are kept; nothing runs until: steward panic --release\n",
    });
    // Nobody's name: whoever holds the token.
    expect(service.double.callsOf("startPanic")[0]?.body).toBeUndefined();
  });

  test("--release lets it go on, or says that nothing was stopped", async () => {
    let released = true;
    service.double.on("releasePanic", () => ({ body: { ...panic, active: false, released } }));
    expect((await run("panic", "--release")).stdout).toBe("Released. Turns that run now: 3.\n");
    released = false;
    expect((await runInChinese("panic", "--release")).stdout).toBe("当前没有处于停止状态。\n");
  });
});

describe("usage", () => {
  const row = (key: string, turns: number, costUsd: number) => ({
    key,
    turns,
    inputTokens: turns * 12_345,
    outputTokens: turns * 100,
    cacheReadTokens: 2_000_000,
    cacheCreationTokens: 0,
    costUsd,
  });
  const { key: _, ...total } = row("", 3, 1.75);

  test("is a table with a total", async () => {
    service.double.on("getUsage", () => ({
      body: { from: 0, to: 1, by: "model", rows: [row("claude-opus", 2, 1.5), row("", 1, 0.25)], total },
    }));
    expect((await run("usage", "--by", "model")).stdout).toBe(
      [
        "MODEL        TURNS  INPUT  OUTPUT  CACHE  COST",
        "claude-opus  2      24.7k  200     2.00M  $1.50",
        "unknown      1      12.3k  100     2.00M  $0.2500",
        "total        3      37.0k  300     2.00M  $1.75",
        "",
      ].join("\n"),
    );
  });

  test("asks for whole UTC days, today included", async () => {
    service.double.on("getUsage", () => ({ body: { from: 0, to: 1, by: "day", rows: [], total } }));
    const { stdout } = await run("usage", "--days", "7");
    expect(stdout).toBe("Nothing was used in the last 7 days.\n");
    const from = service.double.callsOf("getUsage")[0]?.query.from as number;
    expect(from % 86_400_000).toBe(0);
    expect(Math.round((Date.now() - from) / 86_400_000)).toBeGreaterThanOrEqual(6);
  });

  test("--json is what the service said", async () => {
    const body = { from: 0, to: 1, by: "day" as const, rows: [row("2026-11-21", 1, 0.5)], total };
    service.double.on("getUsage", () => ({ body }));
    expect(JSON.parse((await run("usage", "--json")).stdout)).toEqual(body);
  });

  test("by something else, or over no time, is refused before anything is asked", async () => {
    expect(await run("usage", "--by", "week")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("day, chat, model"),
    });
    expect((await run("usage", "--days", "0")).code).toBe(2);
  });
});

describe("sessions", () => {
  const session = {
    botId: "cli",
    chatId: "work",
    threadId: "",
    state: "ready" as const,
    pid: 4242,
    startedAt: Date.now() - 7_200_000,
    warmSince: Date.now(),
    lastActiveAt: Date.now() - 300_000,
    model: "claude-opus",
    waiting: 0,
    hold: null,
    runningTurnId: null,
    usage: { cpuPercent: 12.4, rssBytes: 300 * 1_048_576, processes: 2 },
  };

  test("are listed with what they take", async () => {
    const asleep = { ...session, chatId: "old", threadId: "9", state: "suspended" as const };
    service.double.on("listSessions", () => ({
      body: [session, { ...asleep, pid: null, startedAt: null, warmSince: null, usage: null, model: null }],
    }));
    const [heading, awake, sleeping] = (await run("sessions")).stdout.split("\n");
    expect(heading).toMatch(/^CHAT +STATE +PID +UP +LAST USED +WAITING +CPU +MEMORY +MODEL$/);
    expect(awake).toMatch(/^cli\/work +ready +4242 +2 h +5 min +0 +12 % +300 MB +claude-opus$/);
    expect(sleeping).toMatch(/^cli\/old\.t9 +asleep, .* +– +– +5 min +0 +– +– +–$/);
    expect(JSON.parse((await run("sessions", "--json")).stdout)).toHaveLength(2);
  });

  test("rows 15, 16 and 19: name the one whose CLI said what could not be read", async () => {
    const passedOver = { badLines: 3, oversizeLines: 1, unknownEvents: 2 };
    service.double.on("listSessions", () => ({ body: [session, { ...session, chatId: "odd", passedOver }] }));
    expect((await run("sessions")).stdout.trim().split("\n").slice(3)).toEqual([
      "cli/odd: passed over of what its Claude Code said: unreadable lines 3, too long 1, unknown events 2",
    ]);
  });

  test("that are not there yet are said not to be", async () => {
    service.double.on("listSessions", () => ({ body: [] }));
    expect((await runInChinese("sessions")).stdout).toBe("还没有会话。\n");
  });

  test("are put to sleep when they have been free for the time that was given", async () => {
    service.double.on("reapSessions", () => ({
      body: { reaped: [{ botId: "cli", chatId: "work", threadId: "", idleMs: 7_500_000 }] },
    }));
    expect((await run("sessions", "reap", "--older-than", "2h")).stdout).toBe(
      "Put to sleep: 1\n  cli/work  2 h\n",
    );
    await run("sessions", "reap");
    expect(service.double.callsOf("reapSessions").map(({ body }) => body.idleForMs)).toEqual([7_200_000, 0]);
    expect(await run("sessions", "reap", "--older-than", "soon")).toMatchObject({ code: 2 });
  });
});
