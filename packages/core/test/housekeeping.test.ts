import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIds } from "@steward/platform/ids";
import { createMemoryLogger } from "@steward/platform/logger";
import { openDatabase } from "@steward/schema/sqlite";
import { accessEntries, auditEntries, chats, inbox, turnEvents, turns } from "@steward/schema/tables";
import { describe, expect, onTestFinished, test } from "vitest";
import { promptUpdate, startCore, type TestCore, until } from "./test-core.ts";

const DAY_MS = 86_400_000;
const chat = { botId: "4242", chatId: "42", threadId: "" };

const inboxRows = (t: TestCore) => t.database.db.select().from(inbox).all();
const eventCount = (t: TestCore): number => t.database.db.select().from(turnEvents).all().length;
const auditCount = (t: TestCore): number => t.database.db.select().from(auditEntries).all().length;
const sweepAfter = async (t: TestCore, days: number): Promise<void> => {
  t.clock.stepWallClock(days * DAY_MS);
  await t.core.housekeeping.dropOld();
};

test("logs of ended turns go after their days; what was said stays", async () => {
  const t = await startCore();
  const turn = await t.ask("hello");
  t.core.policies.set({}, "keepTurnEventsDays", 3, "test");
  await sweepAfter(t, 3);
  expect(eventCount(t)).toBeGreaterThan(0);
  await sweepAfter(t, 1);
  expect(eventCount(t)).toBe(0);
  expect(t.core.turns.get(turn.id)?.text).toBe("echo: hello");
  expect(t.core.history.messages("gw-cli-main", 0)).toHaveLength(2);
});

test("a settled update loses its words after their days, its id after a week; a pending one keeps all", async () => {
  const t = await startCore();
  t.database.db
    .insert(accessEntries)
    .values({
      botId: "4242",
      userId: "42",
      role: "owner",
      createdAt: 0,
    })
    .run();
  const prompt = promptUpdate("hello");
  const press = promptUpdate("s", { kind: "callback" });
  t.core.inbox.accept("4242", [prompt, press]);
  t.core.policies.set({}, "keepPayloadsDays", 2, "test");
  await sweepAfter(t, 3);
  expect(inboxRows(t).map(({ state, payload }) => [state, payload === null])).toEqual([
    ["turn", true],
    ["pending", false],
  ]);
  expect(t.core.inbox.accept("4242", [prompt]).results).toMatchObject([{ duplicate: true }]);
  await sweepAfter(t, 5);
  expect(inboxRows(t).map(({ state }) => state)).toEqual(["pending"]);
});

test("what a tool was called with goes some days after it was answered; who allowed it stays in the audit", async () => {
  const t = await startCore();
  t.driver.script = async (turn) =>
    turn.answer((await turn.askPermission("Bash", { command: "ls" })).behavior);
  const ask = async () => {
    const turnId = t.submit("go");
    await until(() => t.core.approvals.list({ state: "pending" }).length === 1, "it asks");
    return { turnId, approval: t.core.approvals.list({ state: "pending" })[0] };
  };
  t.core.policies.set({}, "approvalTimeoutMs", 86_400_000, "test");
  const first = await ask();
  // It is asked long before it is answered: its days begin with the answer.
  t.clock.stepWallClock(DAY_MS / 2);
  const { id = "", inputHash = "" } = first.approval ?? {};
  t.core.approvals.decide(id, { decision: "once", inputHash });
  await t.core.turns.waitForEnd(first.turnId);
  t.core.policies.set({}, "keepApprovalsDays", 2, "test");
  const audited = auditCount(t);
  await sweepAfter(t, 1.8);
  expect(t.core.approvals.list({})).toHaveLength(1);
  const second = await ask();
  await sweepAfter(t, 0.4);
  expect(t.core.approvals.list({}).map((each) => each.id)).toEqual([second.approval?.id]);
  expect(auditCount(t)).toBe(audited);
  // What still waits is never dropped, and without days nothing is.
  await sweepAfter(t, 0.2);
  expect(t.core.approvals.list({ state: "pending" })).toHaveLength(1);
  t.core.policies.set({}, "keepApprovalsDays", null, "test");
  t.core.approvals.decide(second.approval?.id ?? "", { decision: "deny", inputHash });
  await sweepAfter(t, 4_000);
  expect(t.core.approvals.list({})).toHaveLength(1);
});

test("a longer wish for words keeps the row as long", async () => {
  const t = await startCore();
  t.core.policies.set({}, "keepPayloadsDays", 30, "test");
  t.core.inbox.accept("4242", [promptUpdate("", { kind: "malformed", reason: "broken" })]);
  await sweepAfter(t, 20);
  expect(inboxRows(t)).toMatchObject([{ state: "dead" }]);
  expect(inboxRows(t)[0]?.payload).not.toBeNull();
  await sweepAfter(t, 11);
  expect(inboxRows(t)).toEqual([]);
});

test("what was changed by whom is kept a year, or for ever", async () => {
  const t = await startCore();
  t.core.projects.remove("nothing");
  t.core.policies.set({}, "keepAuditDays", null, "test");
  await sweepAfter(t, 4_000);
  expect(auditCount(t)).toBe(1);
  t.core.policies.set({}, "keepAuditDays", 365, "test");
  await sweepAfter(t, 0);
  // Only the change of a moment ago is left.
  expect(auditCount(t)).toBe(1);
  await sweepAfter(t, 366);
  expect(auditCount(t)).toBe(0);
});

test("the database's log is cut to nothing, but not while a turn runs", async () => {
  const folder = mkdtempSync(join(tmpdir(), "steward-wal-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const database = openDatabase({ path: join(folder, "steward.db") });
  onTestFinished(() => database.close());
  const t = await startCore({ database });
  const walBytes = (): number => statSync(join(folder, "steward.db-wal")).size;
  t.driver.script = (turn) => turn.delta("working");
  const turnId = t.submit("long", chat);
  await until(() => t.core.turns.get(turnId)?.text === "working", "the turn speaks");
  await t.core.housekeeping.shrinkLog();
  expect(walBytes()).toBeGreaterThan(0);
  await t.core.chats.stop(chat);
  await t.core.housekeeping.shrinkLog();
  expect(walBytes()).toBe(0);
});

test("a step that fails is logged, not thrown", async () => {
  const { log, lines } = createMemoryLogger();
  const t = await startCore({ log });
  t.database.close();
  await t.core.housekeeping.dropOld();
  await t.core.housekeeping.shrinkLog();
  await t.core.housekeeping.packSilentChats();
  const failed = lines.flatMap(({ msg, step }) => (msg === "housekeeping failed" ? [step] : []));
  expect(new Set(failed).size).toBeGreaterThanOrEqual(3);
});

describe("logs of many turns", () => {
  const seed = async (ended: number, logged: number): Promise<TestCore> => {
    const t = await startCore();
    const { id: chatRef } = t.database.db
      .insert(chats)
      .values({ ...chat, language: "en", createdAt: 0 })
      .returning()
      .get();
    const ids = createIds(t.clock);
    t.database.write((tx) => {
      for (let n = 0; n < ended; n += 1) {
        const id = ids.uuid7();
        const at = t.clock.now();
        const plain = { source: "cli", language: "en", state: "done", deliver: false, prompt: "x" } as const;
        tx.insert(turns)
          .values({ ...plain, id, chatRef, receivedAt: at, finishedAt: at })
          .run();
        if (n >= logged) continue;
        for (let chunk = 1; chunk <= 5; chunk += 1) {
          tx.insert(turnEvents).values({ turnId: id, n: chunk, at, body: "{}" }).run();
        }
      }
    });
    return t;
  };

  test("go in slices: the service does other things in between", async () => {
    const t = await seed(300, 300);
    t.clock.stepWallClock(30 * DAY_MS);
    let between = 0;
    let over = false;
    const dropping = t.core.housekeeping.dropOld().then(() => {
      over = true;
    });
    while (!over) {
      await new Promise((resolve) => setImmediate(resolve));
      between += 1;
    }
    await dropping;
    expect(eventCount(t)).toBe(0);
    expect(between).toBeGreaterThan(4);
  });

  test("are found by the logs that there are, not by all turns that ever ended", async () => {
    const t = await seed(20, 3);
    t.clock.stepWallClock(30 * DAY_MS);
    const { $client: client } = t.database.db as unknown as {
      $client: { prepare(source: string): { all(...values: unknown[]): { detail: string }[] } };
    };
    const prepare = client.prepare.bind(client);
    const asked: string[] = [];
    client.prepare = (source) => {
      asked.push(source);
      return prepare(source);
    };
    await t.core.housekeeping.dropOld();
    const plans = asked
      .filter((source) => /"turn_events"|from "turns"/.test(source))
      .flatMap((source) => {
        const values = Array.from(source.matchAll(/\?/g), () => 0);
        return prepare(`EXPLAIN QUERY PLAN ${source}`).all(...values);
      })
      .map(({ detail }) => detail);
    expect(plans.length).toBeGreaterThan(0);
    expect(
      plans.filter((detail) => /SCAN (turns|turn_events)|turns_finished|turns_state/.test(detail)),
    ).toEqual([]);
    expect(eventCount(t)).toBe(0);
  });

  test("of a turn that has not ended stay, however old it is", async () => {
    const t = await seed(1, 1);
    t.database.db.update(turns).set({ state: "queued", finishedAt: null }).run();
    t.clock.stepWallClock(30 * DAY_MS);
    await t.core.housekeeping.dropOld();
    expect(eventCount(t)).toBe(5);
  });
});
