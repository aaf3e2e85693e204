import { createSilentLogger, type Logger } from "@steward/platform/logger";
import { inbox, turns } from "@steward/schema/tables";
import { describe, expect, test } from "vitest";
import { openFaultyDatabase } from "./faulty-database.ts";
import { pair, promptUpdate, startCore, type TestCore, until } from "./test-core.ts";

const BOT = "123";
const command = (name: string) => promptUpdate(`/${name}`, { kind: "command", command: name });
const toldUpdates = (front: ReturnType<TestCore["frontEnd"]>): number[] =>
  front.events.flatMap((event) => (event.type === "update" ? [event.update.updateId] : []));

const startFaulty = async () => {
  const faulty = openFaultyDatabase();
  const t = await startCore({ database: faulty.database });
  pair(t.core, BOT, "42");
  return { faulty, t };
};

describe("after a batch is committed", () => {
  test("a notice that cannot be written keeps nothing of the batch from being told", async () => {
    const { faulty, t } = await startFaulty();
    await t.core.panic.start(null);
    const front = t.frontEnd(BOT);
    const stop = command("stop");
    faulty.fails = (_write, sql) => /insert into "deliveries"/.test(sql);
    const { results } = t.core.inbox.accept(BOT, [promptUpdate("hello"), stop]);
    expect(results.map(({ state }) => state)).toEqual(["turn", "pending"]);
    expect(toldUpdates(front)).toEqual([stop.updateId]);

    faulty.fails = () => false;
    await t.clock.advance(10_000);
    const notices = front.events.filter((event) => event.type === "delivery");
    expect(notices).toHaveLength(1);
  });

  test("a chat that cannot be told why its message was refused keeps nothing either", async () => {
    const { faulty, t } = await startFaulty();
    t.core.policies.set({}, "maxTurnsPerMinute", 1, "owner");
    const front = t.frontEnd(BOT);
    const stop = command("stop");
    const [first, other] = [
      promptUpdate("in"),
      promptUpdate("refused", { replyTo: { messageId: 1, text: "q" } }),
    ];
    faulty.fails = (_write, sql) => /insert into "deliveries"/.test(sql);
    faulty.fault = () => new Error("a defect");
    const { results } = t.core.inbox.accept(BOT, [first, other, stop]);
    expect(results.map(({ state }) => state)).toEqual(["turn", "dead", "pending"]);
    expect(toldUpdates(front)).toEqual([stop.updateId]);
  });

  test("it is answered before anything follows from it, and all that follows does", async () => {
    const { t } = await startFaulty();
    const front = t.frontEnd(BOT);
    const stop = command("stop");
    const later: (() => void)[] = [];
    const { results } = t.core.inbox.accept(BOT, [promptUpdate("hello"), stop], (work) => later.push(work));
    expect(results.map(({ state }) => state)).toEqual(["turn", "pending"]);
    await t.clock.advance(10_000);
    const told = () => front.events.flatMap(({ type }) => (/update|turn/.test(type) ? [type] : []));
    expect(told()).toEqual([]);
    for (const work of later) work();
    expect(told()).toEqual(["turn_opened", "update"]);
  });

  test("a batch that is handed in again tells what is still pending once more", async () => {
    const { t } = await startFaulty();
    const stop = command("stop");
    t.core.inbox.accept(BOT, [stop]);
    const front = t.frontEnd(BOT);
    front.events.length = 0;
    t.core.inbox.accept(BOT, [stop]);
    expect(toldUpdates(front)).toEqual([stop.updateId]);
    const [row] = t.database.db.select().from(inbox).all();
    t.core.inbox.settle(row?.id ?? 0, "handled", "");
    t.core.inbox.accept(BOT, [stop]);
    expect(toldUpdates(front)).toHaveLength(1);
  });

  test("a turn that waits in its queue stands there once, however often its update is handed in", async () => {
    const { t } = await startFaulty();
    t.driver.script = () => undefined;
    const running = t.submit("runs", { botId: BOT, chatId: "42" });
    await until(() => t.core.turns.get(running)?.state === "running", "it runs");
    const update = promptUpdate("waits");
    const [accepted] = t.core.inbox.accept(BOT, [update]).results;
    expect(t.core.inbox.accept(BOT, [update]).results[0]).toMatchObject({ duplicate: true });
    const address = { botId: BOT, chatId: "42", threadId: "" };
    expect(t.core.chats.status(address).waiting).toBe(1);
    expect(t.core.turns.get(accepted?.turnId ?? "")?.queuePosition).toBe(1);
  });

  test("a turn that came to no queue is taken up when its update is handed in again, and no other one", async () => {
    const silent = createSilentLogger();
    let defects = 1;
    // Each chat's session asks for a logger of its own when it is made.
    const log: Logger = {
      ...silent,
      child: () => {
        if (defects-- > 0) throw new Error("a defect");
        return silent;
      },
    };
    const t = await startCore({ log });
    pair(t.core, BOT, "42");
    const update = promptUpdate("hello");
    const turnId = t.core.inbox.accept(BOT, [update]).results[0]?.turnId ?? "";
    expect(t.core.turns.get(turnId)?.state).toBe("queued");
    expect(t.driver.sessions).toEqual([]);
    for (let again = 0; again < 3; again += 1) {
      expect(t.core.inbox.accept(BOT, [update]).results[0]).toMatchObject({ turnId, duplicate: true });
    }
    await t.core.turns.waitForEnd(turnId);
    expect(t.core.inbox.accept(BOT, [update]).results[0]).toMatchObject({ turnId, duplicate: true });
    expect(t.driver.sessions.flatMap(({ turns: sent }) => sent.map(({ text }) => text))).toEqual(["hello"]);
  });
});

describe("a batch that could not be committed", () => {
  test("uses up nothing of the rate, and what it refused is told when it is handed in again", async () => {
    const { faulty, t } = await startFaulty();
    t.core.policies.set({}, "maxTurnsPerMinute", 5, "owner");
    const update = promptUpdate("hello");
    faulty.fails = (_write, sql) => /insert into "inbox"/.test(sql);
    for (let n = 0; n < 6; n += 1) expect(() => t.core.inbox.accept(BOT, [update])).toThrow("full");
    faulty.fails = () => false;
    expect(t.core.inbox.accept(BOT, [update]).results[0]?.state).toBe("turn");
  });

  test("is told its refusal, though the first one to hear of it was rolled back", async () => {
    const { faulty, t } = await startFaulty();
    t.core.policies.set({}, "maxTurnsPerMinute", 1, "owner");
    const front = t.frontEnd(BOT);
    t.core.inbox.accept(BOT, [promptUpdate("in")]);
    const refused = promptUpdate("one too many");
    faulty.fails = (_write, sql) => /insert into "inbox"/.test(sql);
    expect(() => t.core.inbox.accept(BOT, [refused])).toThrow("full");
    faulty.fails = () => false;
    t.core.inbox.accept(BOT, [refused]);
    const notices = front.events.filter(
      (event) => event.type === "delivery" && event.delivery.kind === "notice",
    );
    expect(notices).toHaveLength(1);
  });

  test("the same at the other doors", async () => {
    const { faulty, t } = await startFaulty();
    t.core.policies.set({}, "maxTurnsPerMinute", 1, "owner");
    faulty.fails = (_write, sql) => /insert into "turns"/.test(sql);
    expect(() => t.submit("x")).toThrow("full");
    faulty.fails = () => false;
    t.submit("x");
    expect(t.database.db.select().from(turns).all()).toHaveLength(1);
  });
});
