import { CliError } from "@steward/claude/cli-driver";
import { createFakeCliDriver } from "@steward/claude/fake-cli-driver";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { deliveries, settings } from "@steward/schema/tables";
import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { openFaultyDatabase } from "./faulty-database.ts";
import { startCore, type TestCore, until } from "./test-core.ts";

const pragma = (database: OpenDatabase, text: string): void =>
  void database.db.run(sql.raw(`PRAGMA ${text}`));
const outbox = (t: TestCore) => t.database.db.select().from(deliveries).all();

/** Lets the database grow no further and uses up what room it has left: SQLite itself then says SQLITE_FULL. */
const fillUp = (database: OpenDatabase): void => {
  const { pages } = database.db.get<{ pages: number }>(
    sql`SELECT page_count AS pages FROM pragma_page_count`,
  );
  pragma(database, `max_page_count = ${pages}`);
  const put = (name: string, value: string) =>
    database.db.insert(settings).values({ name, value, updatedAt: 0 }).run();
  for (const size of [3_000, 300, 1]) {
    for (let at = 0; at < 10_000; at += 1) {
      try {
        put(`ballast-${size}-${at}`, "x".repeat(size));
      } catch (error) {
        expect(error).toMatchObject({ code: "SQLITE_FULL" });
        break;
      }
    }
  }
};
const makeRoom = (database: OpenDatabase): void => pragma(database, "max_page_count = 1073741823");

describe("an outcome that cannot be written as it is, though the database takes writes", () => {
  test("is a failure that keeps its text and its cost; the prompt is not sent again", async () => {
    const faulty = openFaultyDatabase();
    const t = await startCore({ database: faulty.database });
    t.driver.script = (turn) => {
      faulty.fails = (_write, text) => /insert into "chat_messages"/.test(text);
      faulty.fault = () => {
        faulty.fails = () => false;
        return new Error("a defect");
      };
      turn.end({ text: "the answer", costUsd: 0.25 });
    };
    const turn = await t.core.turns.waitForEnd(t.submit("hello"));
    expect(turn).toMatchObject({ state: "failed", errorCode: "internal_error", usage: { costUsd: 0.25 } });
    expect(turn.text).toContain("the answer");
    await t.clock.advance(120_000);
    expect(t.driver.sessions.flatMap(({ turns }) => turns)).toHaveLength(1);
  });
});

test("an answer that is owed when the service ends lands before it closes", async () => {
  const faulty = openFaultyDatabase();
  const t = await startCore({ database: faulty.database });
  let finish = (): void => undefined;
  t.driver.script = (turn) => {
    finish = () => turn.answer("just in time");
  };
  const turnId = t.submit("hello");
  await until(() => t.driver.sessions[0]?.turns.length === 1, "it runs");
  faulty.fails = () => true;
  finish();
  await t.clock.advance(0);
  expect(t.core.turns.get(turnId)?.state).toBe("running");
  faulty.fails = () => false;
  await t.core.stop(0);
  expect(t.core.turns.get(turnId)).toMatchObject({ state: "done", text: "just in time" });
});

describe("a stop while the database takes no writes", () => {
  test.each(["chat", "gateway"] as const)(
    "stops at the %s's door, and what waits is not lost",
    async (door) => {
      const faulty = openFaultyDatabase();
      const t = await startCore({ database: faulty.database });
      const address = { botId: "7", chatId: "main", threadId: "" };
      t.driver.script = (turn) => turn.delta("working");
      const [first, second] = ["one", "two"].map((text) => t.submit(text, address));
      await until(() => t.core.turns.get(first ?? "")?.text === "working", "the first one works");
      faulty.fails = () => true;
      const stopping = door === "chat" ? t.core.chats.stop(address) : t.core.gateway.stop("7", "main");
      t.driver.script = (turn) => turn.answer("done");
      await t.clock.advance(1_000);
      faulty.fails = () => false;
      await t.clock.advance(10_000);
      expect(await stopping).toMatchObject({ stopped: true });
      expect(t.core.turns.get(first ?? "")?.state).toBe("cancelled");
      if (door === "chat") {
        expect(t.core.chats.status(address)).toMatchObject({ waiting: 1, held: true });
        expect(t.core.chats.release(address, "run")).toBe(1);
      }
      expect((await t.core.turns.waitForEnd(second ?? "")).text).toBe("done");
    },
  );
});

describe("row 26: a database that is full", () => {
  test("refuses a prompt, and takes it when there is room again", async () => {
    const t = await startCore();
    fillUp(t.database);
    const full = expect.objectContaining({ code: "SQLITE_FULL" }) as Error;
    const long = "hello ".repeat(5_000);
    expect(() => t.submit(long, {}, { key: "k" })).toThrow(full);
    expect(t.core.load().queued).toBe(0);
    makeRoom(t.database);
    const turn = await t.core.turns.waitForEnd(t.submit(long, {}, { key: "k" }));
    expect(turn).toMatchObject({ state: "done", text: `echo: ${long}` });
  });

  test("loses no answer: it is kept, shown as still running, and lands once; what waits follows in order", async () => {
    const t = await startCore();
    let finish: () => void = () => undefined;
    t.driver.script = (turn) => {
      if (turn.text === "next") turn.answer("the next one");
      else finish = () => turn.answer(`a long answer ${"x".repeat(20_000)}`);
    };
    const turnId = t.submit("hello", { botId: "7" }, { deliver: true });
    const next = t.submit("next", { botId: "7" }, { deliver: true });
    await until(() => t.driver.sessions[0]?.turns.length === 1, "it runs");
    fillUp(t.database);
    finish();
    await t.clock.advance(3_000);
    expect(t.core.turns.get(turnId)?.state).toBe("running");
    expect(t.core.turns.get(next)?.state).toBe("queued");
    expect(outbox(t)).toEqual([]);

    makeRoom(t.database);
    await t.clock.advance(6_000);
    await t.core.turns.waitForEnd(next);
    expect(t.core.turns.get(turnId)?.text).toContain("a long answer");
    expect(outbox(t).map(({ turnId: of }) => of)).toEqual([turnId, next]);
    expect(t.driver.sessions.flatMap(({ turns }) => turns.map(({ text }) => text))).toEqual([
      "hello",
      "next",
    ]);
  });

  test("runs no tool whose start cannot be written down", async () => {
    const faulty = openFaultyDatabase();
    const t = await startCore({ database: faulty.database });
    const ran: boolean[] = [];
    t.driver.script = async (turn) => {
      faulty.fails = () => true;
      ran.push(
        await turn.tool("Bash", {}).then(
          () => true,
          () => false,
        ),
      );
      turn.answer("it could not run");
    };
    const turnId = t.submit("deploy");
    await until(() => ran.length === 1, "the tool was asked for");
    faulty.fails = () => false;
    await t.clock.advance(10_000);
    expect(ran).toEqual([false]);
    expect(await t.core.turns.waitForEnd(turnId)).toMatchObject({ state: "done", startedTools: false });
  });

  test("at any write of a turn, for a while: one outcome, one delivery, no tool twice", async () => {
    const OUTAGE_WRITES = 4;
    let sweptTo = 0;
    for (let first = 1; first <= sweptTo + 1; first += 1) {
      const faulty = openFaultyDatabase();
      const t = await startCore({ database: faulty.database });
      let tools = 0;
      t.driver.script = async (turn) => {
        turn.emit({ type: "user_replayed", uuid: turn.uuid });
        turn.delta("x".repeat(5_000));
        const tool = await turn.tool("Bash", {}).catch(() => null);
        if (tool) tools += 1;
        tool?.finish();
        turn.answer("done with it");
      };
      const base = faulty.writes;
      faulty.fails = (write) => write >= base + first && write < base + first + OUTAGE_WRITES;
      const submit = (): string | null => {
        try {
          return t.submit("work", { botId: "7" }, { deliver: true, key: "k" });
        } catch (error) {
          expect(error).toMatchObject({ code: "SQLITE_FULL" });
          return null;
        }
      };
      // A front end that is refused comes again.
      let turnId = submit();
      for (let again = 0; turnId === null && again < 10; again += 1) turnId = submit();
      for (let minute = 0; minute < 12; minute += 1) await t.clock.advance(5_000);
      const turn = t.core.turns.get(turnId ?? "");
      const where = `outage at write ${first}`;
      expect(["result_saved", "interrupted"], where).toContain(turn?.state);
      expect(outbox(t), where).toHaveLength(1);
      expect(tools, where).toBeLessThanOrEqual(1);
      if (tools === 1) expect(turn?.startedTools, where).toBe(true);
      expect(t.core.load(), where).toMatchObject({ queued: 0 });
      expect(t.driver.sessions.filter(({ alive }) => alive).length, where).toBeLessThanOrEqual(
        t.core.load().live,
      );
      sweptTo = Math.max(sweptTo, first === 1 ? faulty.writes - base : 0);
    }
    expect(sweptTo).toBeGreaterThan(8);
  });
});

describe("a process that has just been started when the database takes nothing", () => {
  const alive = (t: TestCore) => t.driver.sessions.filter((session) => session.alive);
  /** From `arm` on, nothing can be written from the moment that the next process stands. */
  const failingAtOpen = async () => {
    const faulty = openFaultyDatabase();
    const driver = createFakeCliDriver();
    const t = await startCore({ database: faulty.database, driver });
    let armed = false;
    const open = driver.open.bind(driver);
    driver.open = async (...launch) => {
      const session = await open(...launch);
      if (armed) faulty.fails = () => true;
      return session;
    };
    return {
      t,
      driver,
      arm: () => {
        armed = true;
      },
      mend: () => {
        armed = false;
        faulty.fails = () => false;
      },
    };
  };

  test("serves its turn, though what it offers could not be noted", async () => {
    const { t, driver, arm, mend } = await failingAtOpen();
    arm();
    const turnId = t.submit("hello");
    await until(() => driver.sessions.length === 1, "a process");
    await t.clock.advance(100);
    mend();
    await t.clock.advance(10_000);
    expect((await t.core.turns.waitForEnd(turnId)).text).toBe("echo: hello");
    expect(alive(t)).toHaveLength(1);
    await t.clock.advance(10_000);
    expect((await t.core.models.list()).models).toHaveLength(2);
    expect(driver.launches.filter(({ aside }) => aside)).toEqual([]);
  });

  test("is ended when it could not be written down that it takes over, and nothing of it is left", async () => {
    const { t, driver, arm, mend } = await failingAtOpen();
    await t.ask("hello");
    for (const session of driver.sessions) session.crash();
    await until(() => t.core.load().live === 0, "it is gone");
    const lost = () => driver.failOpen(new CliError("cli_session_missing", "No conversation found"));
    lost();
    arm();
    const turnId = t.submit("again");
    await until(() => driver.sessions.length === 2, "the successor");
    await until(() => alive(t).length === 0 && t.core.load().live === 0, "it is ended");
    mend();
    lost();
    await t.clock.advance(20_000);
    expect((await t.core.turns.waitForEnd(turnId)).text).toBe("echo: again");
    expect(driver.sessions).toHaveLength(3);
    expect((await t.core.panic.start(null)).ended).toBe(1);
    expect(alive(t)).toEqual([]);
  });
});
