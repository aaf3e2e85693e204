import { chatMessages, deliveries, inbox, turns } from "@steward/schema/tables";
import { describe, expect, test } from "vitest";
import { pair, promptUpdate, startCore, type TestCore, until } from "./test-core.ts";

const notices = (t: TestCore) =>
  t.database.db
    .select()
    .from(deliveries)
    .all()
    .filter(({ kind }) => kind === "notice");
/** Written so far apart that each is a turn of its own. */
const minute = (n: number) => ({ sentAt: n * 60_000 });
const refusal = expect.objectContaining({ code: "queue_full" }) as Error;

const startHanging = async (limits: { maxWaitingPerChat?: number; maxWaiting?: number }) => {
  const t = await startCore({ limits });
  pair(t.core, "7", "42");
  const ends: (() => void)[] = [];
  t.driver.script = (turn) => void ends.push(() => turn.answer("ok"));
  return { ...t, ends };
};

describe("row 25: the queue overflows", () => {
  test("1,000 posts to one chat: as many are let in as may wait, of the others nothing is kept", async () => {
    const t = await startHanging({ maxWaitingPerChat: 50 });
    t.submit("runs");
    await until(() => t.ends.length === 1, "it runs");
    let refused = 0;
    for (let n = 0; n < 1_000; n += 1) {
      try {
        t.submit(`post ${n}`, {}, { key: `key ${n}` });
      } catch (error) {
        expect(error).toEqual(refusal);
        refused += 1;
      }
    }
    expect(refused).toBe(950);
    expect(t.database.db.select().from(turns).all()).toHaveLength(51);
    expect(t.database.db.select().from(chatMessages).all()).toHaveLength(51);
  });

  test("a refused post can be sent again with its key when there is room", async () => {
    const t = await startHanging({ maxWaitingPerChat: 1 });
    t.submit("runs");
    await until(() => t.ends.length === 1, "it runs");
    const waiting = t.submit("waits");
    expect(() => t.submit("later", {}, { key: "k" })).toThrow(refusal);
    t.core.turns.withdraw(waiting, "turn_cancelled");
    const accepted = t.submit("later", {}, { key: "k" });
    expect(t.core.turns.get(accepted)?.state).toBe("queued");
  });

  test("a batch of Telegram messages is let in as far as there is room, with one notice for the rest", async () => {
    const t = await startHanging({ maxWaitingPerChat: 3 });
    const { results } = t.core.inbox.accept(
      "7",
      Array.from({ length: 20 }, (_, n) => promptUpdate(`message ${n}`, minute(n))),
    );
    expect(results.filter(({ state }) => state === "turn")).toHaveLength(3);
    expect(results.filter(({ state, turnId }) => state === "dead" && turnId === null)).toHaveLength(17);
    expect(notices(t)).toHaveLength(1);
    t.core.inbox.accept("7", [promptUpdate("one more"), promptUpdate("and one more")]);
    expect(notices(t)).toHaveLength(1);
  });

  test("is told again only after a message was let in since", async () => {
    const t = await startHanging({ maxWaitingPerChat: 1 });
    const post = (text: string) => t.core.inbox.accept("7", [promptUpdate(text)]).results[0]?.state;
    post("runs");
    await until(() => t.ends.length === 1, "it runs");
    expect([post("waits"), post("full"), post("full")]).toEqual(["turn", "dead", "dead"]);
    t.ends[0]?.();
    await until(() => t.ends.length === 2, "the next runs");
    expect([post("waits"), post("full")]).toEqual(["turn", "dead"]);
    expect(notices(t)).toHaveLength(2);
  });

  test("the limit of all chats together holds at the inbox, too, also for a chat that is new", async () => {
    const t = await startHanging({ maxWaiting: 4 });
    const chats = ["a", "b", "c", "d"];
    for (const chatId of chats) t.submit("runs", { chatId });
    await until(() => t.ends.length === 4, "four run");
    for (const chatId of chats) t.submit("waits", { chatId });
    expect(() => t.submit("too many", { chatId: "e" })).toThrow(refusal);
    const { results } = t.core.inbox.accept("7", [promptUpdate("hello"), promptUpdate("anyone?")]);
    expect(results.map(({ state }) => state)).toEqual(["dead", "dead"]);
    expect(notices(t)).toHaveLength(1);
    expect(t.database.db.select().from(inbox).all()).toHaveLength(2);
    expect(t.database.db.select().from(turns).all()).toHaveLength(8);
  });

  test("an update that was refused is refused again when it is handed in again, without another word", async () => {
    const t = await startHanging({ maxWaitingPerChat: 1 });
    t.core.inbox.accept("7", [promptUpdate("runs")]);
    await until(() => t.ends.length === 1, "it runs");
    const [waits, full] = [promptUpdate("waits", minute(0)), promptUpdate("full", minute(1))];
    t.core.inbox.accept("7", [waits, full]);
    const { results } = t.core.inbox.accept("7", [waits, full]);
    expect(results).toMatchObject([
      { state: "turn", duplicate: true },
      { state: "dead", duplicate: true },
    ]);
    expect(notices(t)).toHaveLength(1);
  });
});
