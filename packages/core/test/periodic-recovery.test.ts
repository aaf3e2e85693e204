import { createFakeCliDriver } from "@steward/claude/fake-cli-driver";
import { turns } from "@steward/schema/tables";
import { eq, sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { startCore, type TestCore, until } from "./test-core.ts";

const sent = (t: TestCore) => t.driver.sessions.flatMap((session) => session.turns.map(({ text }) => text));
/** Two looks, 30 s apart, make a turn that nobody has a lost one. */
const TWO_LOOKS_MS = 60_000;

/** A turn of which no session knows: its row alone. */
const lose = async (t: TestCore, values: Partial<typeof turns.$inferInsert>): Promise<string> => {
  await t.ask("first");
  const row = t.database.db.select().from(turns).all().at(-1);
  if (!row) throw new Error("there is no turn to copy");
  const { seq: _seq, ...copied } = row;
  const blank = { resultText: "", finishedAt: null, errorCode: null, startedAt: null, bootId: null };
  t.database.db
    .insert(turns)
    .values({ ...copied, ...blank, id: "lost", prompt: "lost", attempt: 0, ...values })
    .run();
  return "lost";
};

/** Every write that moves a turn to `state` fails, until the answer is called. */
const refuseState = (t: TestCore, state: string): (() => void) => {
  t.database.db.run(
    sql.raw(
      `create trigger refuse_${state} before update of state on turns when new.state = '${state}' begin select raise(abort, 'refused'); end`,
    ),
  );
  return () => void t.database.db.run(sql.raw(`drop trigger refuse_${state}`));
};

describe("a turn in nobody's hands is taken up within a minute", () => {
  test("one that waits, but in no queue", async () => {
    const t = await startCore();
    const turnId = await lose(t, { state: "queued" });
    await t.clock.advance(TWO_LOOKS_MS);
    expect((await t.core.turns.waitForEnd(turnId)).text).toBe("echo: lost");
  });

  test("one that runs, says its row, and had started no tool: it starts over", async () => {
    const t = await startCore();
    const turnId = await lose(t, { state: "running", attempt: 1, bootId: "a dead boot", fence: 1 });
    await t.clock.advance(TWO_LOOKS_MS);
    expect(await t.core.turns.waitForEnd(turnId)).toMatchObject({ text: "echo: lost", attempt: 2 });
  });

  test("one that had started a tool is told as unfinished, and not run", async () => {
    const t = await startCore();
    const turnId = await lose(t, { state: "running", attempt: 1, bootId: "a dead boot", startedTools: true });
    await t.clock.advance(TWO_LOOKS_MS);
    expect(t.core.turns.get(turnId)).toMatchObject({ state: "interrupted" });
    expect(sent(t)).toEqual(["first"]);
  });

  test("one that was started too often is given up, with a sentence", async () => {
    const t = await startCore();
    const turnId = await lose(t, { state: "queued", attempt: 3 });
    await t.clock.advance(TWO_LOOKS_MS);
    expect(t.core.turns.get(turnId)).toMatchObject({ state: "failed", errorCode: "turn_given_up" });
    expect(t.core.turns.get(turnId)?.text).toContain("3 times");
    expect(sent(t)).toEqual(["first"]);
  });

  test("what a stop holds back stays held", async () => {
    const t = await startCore();
    const turnId = await lose(t, { state: "queued", parked: true });
    await t.clock.advance(10 * TWO_LOOKS_MS);
    expect(t.core.turns.get(turnId)?.state).toBe("queued");
  });
});

describe("row 6: what a live session holds is never touched", () => {
  test("however long its turn takes, and however late the timers come", async () => {
    const t = await startCore();
    let say: (text: string) => void = () => undefined;
    let finish: () => void = () => undefined;
    t.driver.script = (turn) => {
      say = turn.delta;
      finish = () => turn.answer("at last");
    };
    const running = t.submit("slow");
    const waiting = t.submit("behind it");
    await until(() => t.core.turns.get(running)?.state === "running", "it runs");
    for (let minute = 0; minute < 20; minute += 1) {
      say(".");
      await t.clock.advance(61_000);
    }
    expect(sent(t)).toEqual(["slow"]);
    expect(t.core.turns.get(running)).toMatchObject({ state: "running", attempt: 1 });
    expect(t.core.turns.get(waiting)).toMatchObject({ state: "queued", queuePosition: 1 });
    finish();
    expect((await t.core.turns.waitForEnd(running)).text).toBe("at last");
  });

  test("a result that needs a moment to be written is not taken for a lost turn", async () => {
    const t = await startCore();
    const turnId = await lose(t, { state: "running", attempt: 1, bootId: "somebody", fence: 1 });
    await t.clock.advance(TWO_LOOKS_MS - 1_000);
    expect(t.core.turns.get(turnId)?.state).toBe("running");
    t.database.db.update(turns).set({ state: "done" }).where(eq(turns.id, turnId)).run();
    await t.clock.advance(TWO_LOOKS_MS);
    expect(sent(t)).toEqual(["first"]);
  });

  test("nothing looks any more once the service stops", async () => {
    const t = await startCore();
    const turnId = await lose(t, { state: "queued" });
    await t.core.stop(0);
    await t.clock.advance(10 * TWO_LOOKS_MS);
    expect(t.core.turns.get(turnId)?.state).toBe("queued");
  });
});

describe("a session survives a write that fails", () => {
  test("of a turn's start: its process does not go on with the prompt, and the chat is answered later", async () => {
    const t = await startCore();
    const allow = refuseState(t, "running");
    t.driver.script = async (turn) => {
      await turn.tool("Bash", { command: "deploy" });
      turn.answer("deployed");
    };
    const turnId = t.submit("deploy");
    await until(() => t.driver.sessions[0]?.alive === false, "the process is ended");
    expect(t.core.turns.get(turnId)?.startedTools).toBe(false);
    allow();
    await t.clock.advance(2 * TWO_LOOKS_MS);
    expect(["failed", "done"]).toContain(t.core.turns.get(turnId)?.state);
    t.driver.script = (turn) => turn.answer("fine");
    expect((await t.ask("again")).text).toBe("fine");
    expect(t.core.load().live).toBe(1);
  });

  test("of a turn's result: the turn is found again and comes to its end, the chat goes on", async () => {
    const t = await startCore();
    // Neither as it was nor as a failure.
    const refused = [refuseState(t, "done"), refuseState(t, "failed")];
    const turnId = t.submit("hello");
    await until(() => t.driver.sessions[0]?.turns.length === 1, "it runs");
    await t.clock.advance(1_000);
    expect(t.core.turns.get(turnId)?.state).toBe("running");
    for (const allow of refused) allow();
    await t.clock.advance(2 * TWO_LOOKS_MS);
    expect(await t.core.turns.waitForEnd(turnId)).toMatchObject({ state: "done", text: "echo: hello" });
    expect((await t.ask("again")).text).toBe("echo: again");
  });
});

describe("the wall clock", () => {
  test.each([
    ["cron", 3_600_000],
    ["background", 6 * 3_600_000],
  ] as const)("ends a %s turn that never ends, and no person's", async (source, limitMs) => {
    const t = await startCore();
    const says: ((text: string) => void)[] = [];
    t.driver.script = (turn) => void says.push(turn.delta);
    const submit = (by: "cron" | "background" | "telegram") =>
      t.core.turns.submit({
        address: { botId: "cli", chatId: by, threadId: "" },
        text: "forever",
        source: by,
        language: "en",
        userId: null,
        userName: null,
        replyToMessageId: null,
        idempotencyKey: null,
        deliver: false,
      }).turnId;
    const [limited, free] = [submit(source), submit("telegram")];
    await until(() => says.length === 2, "both run");
    for (let spent = 0; spent < limitMs - 60_000; spent += 60_000) {
      for (const say of says) say(".");
      await t.clock.advance(60_000);
    }
    expect(t.core.turns.get(limited)?.state).toBe("running");
    for (const say of says) say(".");
    await t.clock.advance(60_000);
    expect(t.core.turns.get(limited)).toMatchObject({ state: "failed", errorCode: "turn_too_long" });
    expect(t.core.turns.get(limited)?.text).toContain(`${limitMs / 60_000} min`);
    expect(t.core.turns.get(free)?.state).toBe("running");
  });
});

test("a turn that ended before its limit is not ended again by it", async () => {
  const t = await startCore({ driver: createFakeCliDriver(), limits: { wallMs: { cli: 10_000 } } });
  const turn = await t.ask("quick");
  await t.clock.advance(20_000);
  expect(t.core.turns.get(turn.id)?.state).toBe("done");
  expect(t.driver.sessions[0]?.alive).toBe(true);
});
