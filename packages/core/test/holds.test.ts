import { CliError } from "@steward/claude/cli-driver";
import type { FakeScript } from "@steward/claude/fake-cli-driver";
import type { FrontEndEvent } from "@steward/contract/deliveries";
import { createFakeClock } from "@steward/platform/clock";
import { auditEntries, holds } from "@steward/schema/tables";
import { describe, expect, test } from "vitest";
import { openFaultyDatabase } from "./faulty-database.ts";
import { pair, promptUpdate, startCore, type TestCore, until } from "./test-core.ts";

const BOT = "123";
const HOUR_MS = 3_600_000;

const limited =
  (resetsAtMs?: number): FakeScript =>
  (turn) =>
    turn.end({
      ok: false,
      isError: true,
      errorCode: "usage_limit",
      text: "You've hit your limit",
      ...(resetsAtMs === undefined ? {} : { resetsAtMs }),
    });
const loggedOut: FakeScript = (turn) =>
  turn.end({ ok: false, isError: true, errorCode: "authentication_failed", text: "Not logged in" });
const answer: FakeScript = (turn) => turn.answer(`answer to ${turn.text}`);

/** Two people in Telegram, each in a chat of their own. */
const withPeople = async (t: TestCore) => {
  for (const person of ["42", "43"]) pair(t.core, BOT, person);
  const write = (person: string, text: string, language: "en" | "zh" = "en"): string => {
    const { results } = t.core.inbox.accept(BOT, [
      promptUpdate(text, {
        chat: { id: person, type: "private", threadId: "" },
        sender: { id: person, username: null, name: null, language },
      }),
    ]);
    return results[0]?.turnId ?? "";
  };
  return { write };
};
const notices = (events: FrontEndEvent[]) =>
  events.flatMap((event) =>
    event.type === "delivery" && event.delivery.kind === "notice" && event.delivery.turnId === null
      ? [{ chat: event.delivery.chatId, text: event.delivery.text }]
      : [],
  );
const states = (t: TestCore, ids: string[]) => ids.map((id) => t.core.turns.get(id)?.state);
const prompts = (t: TestCore) => t.driver.sessions.flatMap(({ turns }) => turns.map(({ text }) => text));
const settled = (t: TestCore, id: string) =>
  until(() => !["queued", "running"].includes(t.core.turns.get(id)?.state ?? ""), `${id} is settled`);

describe("a usage limit", () => {
  test("parks every queue with one notice per chat and resumes them by itself, each turn answered once", async () => {
    const t = await startCore();
    const { write } = await withPeople(t);
    const front = t.frontEnd(BOT);
    t.driver.script = limited(t.clock.now() + HOUR_MS);
    const first = write("42", "one");
    await until(() => t.core.holds().length === 1, "the limit holds");
    const others = [write("42", "two"), write("43", "three", "zh"), write("43", "four", "zh")];
    await t.clock.advance(60_000);
    expect(states(t, [first, ...others])).toEqual(["queued", "queued", "queued", "queued"]);
    expect(notices(front.events)).toEqual([
      { chat: "42", text: expect.stringContaining("resets at Fri 2 Jan, 12:04 (04:04 UTC)") },
      { chat: "43", text: expect.stringContaining("重置时间：1月2日周五 12:04（UTC 04:04）") },
    ]);
    t.driver.script = answer;
    await t.clock.advance(HOUR_MS);
    await Promise.all([first, ...others].map((id) => settled(t, id)));
    expect(prompts(t).toSorted()).toEqual(["four", "one", "one", "three", "two"]);
    expect(t.core.turns.get(first)).toMatchObject({ text: "answer to one", attempt: 1 });
    expect(notices(front.events)).toHaveLength(2);
    expect(t.core.holds()).toEqual([]);
  });

  test("is told to whoever watches, as what holds the queue, and to a late reader too", async () => {
    const t = await startCore();
    const resetsAtMs = t.clock.now() + HOUR_MS;
    t.driver.script = limited(resetsAtMs);
    const id = t.submit("hello");
    await until(() => t.core.holds().length === 1, "the limit holds");
    const seen: unknown[] = [];
    t.core.turns.subscribe(id, null, (item) => item?.event?.type === "queued" && seen.push(item.event));
    const [hold] = t.core.holds();
    expect(hold?.until).toBeGreaterThan(resetsAtMs);
    expect(seen).toEqual([
      expect.objectContaining({ position: 1, held: true, hold: { kind: "usage_limit", until: hold?.until } }),
    ]);
    expect(t.core.chats.status({ botId: "cli", chatId: "main", threadId: "" }).hold).toEqual({
      kind: "usage_limit",
      until: hold?.until,
    });
  });

  test("of which no end was known tells it as soon as it is known, also after a restart", async () => {
    const t = await startCore();
    const resetsAtMs = t.clock.now() + HOUR_MS;
    const refuse: (() => void)[] = [];
    t.driver.script = (turn) =>
      void refuse.push(() => void limited(turn.text === "second" ? resetsAtMs : undefined)(turn));
    t.submit("first", { chatId: "a" });
    await until(() => refuse.length === 1, "the first runs");
    t.submit("second", { chatId: "b" });
    await until(() => refuse.length === 2, "the second runs");
    refuse[0]?.();
    await until(() => t.core.holds().length === 1, "the limit holds");
    expect(t.core.holds()[0]?.until).toBeNull();
    refuse[1]?.();
    await until(() => t.core.load().running === 0, "the second is refused, too");
    expect(t.core.holds()[0]?.until).toBeGreaterThan(resetsAtMs);
    const next = await t.reboot();
    expect(next.core.holds()[0]?.until).toBeGreaterThan(resetsAtMs);
  });

  test("ends a turn that had started a tool as failed, and never runs it again", async () => {
    const t = await startCore();
    const { write } = await withPeople(t);
    const front = t.frontEnd(BOT);
    t.driver.script = async (turn) => {
      (await turn.tool("Bash", { command: "rm x" })).finish();
      await limited(t.clock.now() + HOUR_MS)(turn);
    };
    const id = write("42", "with a tool");
    await settled(t, id);
    expect(t.core.turns.get(id)).toMatchObject({ state: "failed", errorCode: "model_usage_limit" });
    // The failure itself says it: nothing of this chat waits.
    expect(notices(front.events)).toEqual([]);
    t.driver.script = answer;
    await t.clock.advance(2 * HOUR_MS);
    expect(prompts(t)).toEqual(["with a tool"]);
  });

  test("survives a restart: no second notice, and the queue resumes at the reset", async () => {
    const t = await startCore();
    const { write } = await withPeople(t);
    const front = t.frontEnd(BOT);
    t.driver.script = limited(t.clock.now() + HOUR_MS);
    const id = write("42", "one");
    await until(() => notices(front.events).length === 1, "the notice");
    front.detach();
    // The dead one's timers stay behind on its own clock.
    const again = await startCore({ database: t.database, clock: createFakeClock(t.clock.now()) });
    const anew = again.frontEnd(BOT);
    again.driver.script = answer;
    await again.clock.advance(HOUR_MS / 2);
    expect(again.core.turns.get(id)?.state).toBe("queued");
    await again.clock.advance(HOUR_MS);
    await settled(again, id);
    expect(again.core.turns.get(id)?.text).toBe("answer to one");
    // The one of before, still to be delivered.
    expect(notices(anew.events)).toHaveLength(1);
  });

  test("without a time is asked again with growing pauses, under one notice", async () => {
    const t = await startCore();
    const { write } = await withPeople(t);
    const front = t.frontEnd(BOT);
    t.driver.script = limited();
    write("42", "one");
    await until(() => prompts(t).length === 1, "asked once");
    await t.clock.advance(60_000);
    expect(prompts(t)).toHaveLength(2);
    await t.clock.advance(119_000);
    expect(prompts(t)).toHaveLength(2);
    await t.clock.advance(1_000);
    expect(prompts(t)).toHaveLength(3);
    expect(notices(front.events)).toEqual([{ chat: "42", text: expect.stringContaining("does not say") }]);
  });

  test("can be got out of: /stop puts what waits into the person's hands", async () => {
    const t = await startCore();
    t.driver.script = limited(t.clock.now() + HOUR_MS);
    const id = t.submit("hello");
    await until(() => t.core.holds().length === 1, "the limit holds");
    const chat = { botId: "cli", chatId: "main", threadId: "" };
    expect(await t.core.chats.stop(chat)).toEqual({ stopped: false, turnId: null, waiting: 1 });
    expect(t.core.chats.release(chat, "drop")).toBe(1);
    expect(t.core.turns.get(id)?.state).toBe("cancelled");
  });

  test("that comes near is told once per window", async () => {
    const t = await startCore();
    const { write } = await withPeople(t);
    const front = t.frontEnd(BOT);
    let resetsAtMs = t.clock.now() + HOUR_MS;
    t.driver.script = (turn) => {
      turn.emit({ type: "rate_limit", status: "allowed_warning", kind: "five_hour", resetsAtMs });
      turn.answer("ok");
    };
    for (const person of ["42", "43", "42"]) await settled(t, write(person, "x"));
    expect(notices(front.events)).toEqual([{ chat: "42", text: expect.stringContaining("Most of your") }]);
    resetsAtMs += 5 * HOUR_MS;
    await settled(t, write("43", "x"));
    expect(notices(front.events)).toHaveLength(2);
  });
});

describe("a lost login", () => {
  test("holds the queue with one notice until the CLI says that it is back", async () => {
    let login: boolean | null = false;
    const t = await startCore({ askLogin: async () => login });
    const { write } = await withPeople(t);
    const front = t.frontEnd(BOT);
    t.driver.script = loggedOut;
    const first = write("42", "one");
    await until(() => t.core.holds().length === 1, "the login is missed");
    const second = write("42", "two");
    await t.clock.advance(600_000);
    expect(states(t, [first, second])).toEqual(["queued", "queued"]);
    expect(notices(front.events)).toEqual([{ chat: "42", text: expect.stringContaining("/login") }]);
    expect(t.driver.sessions.every(({ alive }) => !alive)).toBe(true);
    login = true;
    t.driver.script = answer;
    await t.clock.advance(300_000);
    await Promise.all([first, second].map((id) => settled(t, id)));
    expect(prompts(t)).toEqual(["one", "one", "two"]);
    expect(t.core.holds()).toEqual([]);
  });

  test("is asked for at once when somebody writes", async () => {
    let login: boolean | null = false;
    const t = await startCore({ askLogin: async () => login });
    t.driver.script = loggedOut;
    const first = t.submit("one");
    await until(() => t.core.holds().length === 1, "the login is missed");
    await t.clock.advance(15_000);
    login = true;
    t.driver.script = answer;
    const second = t.submit("two");
    await Promise.all([first, second].map((id) => t.core.turns.waitForEnd(id)));
  });

  test("that the CLI does not know of is tried again with growing pauses", async () => {
    const t = await startCore({ askLogin: async () => true });
    t.driver.script = loggedOut;
    t.submit("one");
    await until(() => prompts(t).length === 1, "asked once");
    await t.clock.advance(15_000);
    expect(prompts(t)).toHaveLength(2);
    await t.clock.advance(29_000);
    expect(prompts(t)).toHaveLength(2);
    await t.clock.advance(1_000);
    expect(prompts(t)).toHaveLength(3);
  });

  test("that keeps a process from starting holds its turn as well", async () => {
    let login: boolean | null = false;
    const t = await startCore({ askLogin: async () => login });
    t.driver.failOpen(new CliError("cli_not_logged_in", "no login"));
    const id = t.submit("one");
    await until(() => t.core.holds().length === 1, "the login is missed");
    expect(t.core.turns.get(id)?.state).toBe("queued");
    login = true;
    t.driver.script = answer;
    await t.clock.advance(15_000);
    expect((await t.core.turns.waitForEnd(id)).text).toBe("answer to one");
  });
});

describe("panic", () => {
  test("stops what runs, ends every process and holds every door until released; then all of it runs once", async () => {
    const t = await startCore();
    const { write } = await withPeople(t);
    const front = t.frontEnd(BOT);
    t.driver.script = answer;
    await t.ask("warm", { chatId: "warm" });
    t.driver.script = (turn) => turn.delta("so far");
    const running = write("42", "long work");
    await until(() => t.core.turns.get(running)?.text === "so far", "the turn speaks");
    const waiting = write("42", "after it");
    const result = await t.core.panic.start(null);
    expect(result).toMatchObject({ active: true, stopped: 1, ended: 2, waiting: 1, by: "owner" });
    expect(t.core.turns.get(running)).toMatchObject({ state: "cancelled", errorCode: "stopped_by_panic" });
    expect(t.driver.sessions.filter(({ alive }) => alive)).toEqual([]);
    t.driver.script = answer;
    const later = [write("43", "meanwhile"), t.submit("from http")];
    await t.clock.advance(2 * HOUR_MS);
    expect(states(t, [waiting, ...later])).toEqual(["queued", "queued", "queued"]);
    expect(notices(front.events).filter(({ text }) => text.includes("panic"))).toEqual([
      { chat: "42", text: expect.stringContaining("/resume") },
      { chat: "43", text: expect.stringContaining("/resume") },
    ]);
    expect(t.core.panic.release(null)).toMatchObject({ released: true, active: false });
    await Promise.all([waiting, ...later].map((id) => settled(t, id)));
    expect(prompts(t).toSorted()).toEqual(["after it", "from http", "long work", "meanwhile", "warm"]);
    const audit = t.database.db.select().from(auditEntries).all();
    expect(audit.map(({ action }) => action).filter((action) => action.startsWith("panic"))).toEqual([
      "panic",
      "panic.release",
    ]);
  });

  test("survives a restart", async () => {
    const t = await startCore();
    await t.core.panic.start(null);
    const id = t.submit("hello");
    const again = await t.reboot();
    expect(again.core.panic.status()).toMatchObject({ active: true, waiting: 1 });
    await again.clock.advance(HOUR_MS);
    expect(again.core.turns.get(id)?.state).toBe("queued");
    again.core.panic.release(null);
    expect((await again.core.turns.waitForEnd(id)).state).toBe("done");
  });

  test("while a process is being started leaves its turn waiting and no process behind", async () => {
    const t = await startCore();
    const id = t.submit("hello");
    await t.core.panic.start(null);
    expect(t.core.turns.get(id)?.state).toBe("queued");
    expect(t.driver.sessions.filter(({ alive }) => alive)).toEqual([]);
    t.core.panic.release(null);
    expect((await t.core.turns.waitForEnd(id)).state).toBe("done");
  });

  test("is for owners and admins: another person's is refused and stops nothing", async () => {
    const t = await startCore();
    await withPeople(t);
    await expect(t.core.panic.start({ botId: BOT, userId: "43" })).rejects.toMatchObject({
      code: "owner_only",
    });
    expect(t.core.panic.status().active).toBe(false);
    expect(await t.core.panic.start({ botId: BOT, userId: "42" })).toMatchObject({ by: `${BOT}/42` });
    expect(() => t.core.panic.release({ botId: BOT, userId: "43" })).toThrow(/owner or an admin/);
  });

  test("of a held limit too: the release of one leaves the other in force", async () => {
    const t = await startCore();
    t.driver.script = limited(t.clock.now() + HOUR_MS);
    const id = t.submit("hello");
    await until(() => t.core.holds().length === 1, "the limit holds");
    await t.core.panic.start(null);
    t.driver.script = answer;
    await t.clock.advance(2 * HOUR_MS);
    expect(t.core.turns.get(id)?.state).toBe("queued");
    t.core.panic.release(null);
    expect((await t.core.turns.waitForEnd(id)).state).toBe("done");
  });
});

describe("a hold while nothing can be written", () => {
  const failing = async () => {
    const faulty = openFaultyDatabase();
    const t = await startCore({ database: faulty.database });
    return { t, faulty };
  };

  test("ends at its time all the same, and the row follows when it can", async () => {
    const { t, faulty } = await failing();
    t.driver.script = limited(t.clock.now() + 120_000);
    const turnId = t.submit("hello");
    await until(() => t.core.holds().length === 1, "the limit holds");
    t.driver.script = answer;
    faulty.fails = () => true;
    await t.clock.advance(180_000);
    expect(t.core.holds()).toEqual([]);
    faulty.fails = () => false;
    await t.clock.advance(10_000);
    expect((await t.core.turns.waitForEnd(turnId)).text).toBe("answer to hello");
    expect((await t.reboot()).core.holds()).toEqual([]);
  });

  test("begins all the same, its queue waits, and a restart still knows it", async () => {
    const { t, faulty } = await failing();
    t.driver.failOpen(new CliError("cli_not_logged_in", "log in"));
    const open = t.driver.open.bind(t.driver);
    t.driver.open = (...launch) => {
      faulty.fails = () => true;
      return open(...launch);
    };
    const turnId = t.submit("hello");
    await until(() => t.core.holds().length === 1, "the login is missing");
    expect(t.core.turns.get(turnId)?.state).toBe("queued");
    expect(t.core.load()).toMatchObject({ live: 0, queued: 1 });
    faulty.fails = () => false;
    t.driver.open = open;
    await t.clock.advance(1_000);
    expect(t.database.db.select().from(holds).all()).toMatchObject([{ kind: "login", releasedAt: null }]);
    await t.clock.advance(60_000);
    expect((await t.core.turns.waitForEnd(turnId)).text).toBe("echo: hello");
  });

  test("panic calls off a start that takes its time, and no process comes after it", async () => {
    const t = await startCore();
    let isAsked = false;
    t.driver.open = (_launch, _host, signal) => {
      isAsked = true;
      return new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(new CliError("cli_exited", "called off")));
      });
    };
    const turnId = t.submit("hello");
    await until(() => isAsked, "it is being started");
    expect(await t.core.panic.start(null)).toMatchObject({ active: true });
    await t.clock.advance(60_000);
    expect(t.driver.sessions).toEqual([]);
    expect(t.core.turns.get(turnId)?.state).not.toBe("running");
  });

  test("panic works, and is written down later", async () => {
    const { t, faulty } = await failing();
    t.driver.script = (turn) => turn.delta("working");
    const turnId = t.submit("hello");
    await until(() => t.core.turns.get(turnId)?.text === "working", "it works");
    faulty.fails = () => true;
    expect(await t.core.panic.start(null)).toMatchObject({ active: true, ended: 1 });
    expect(t.driver.sessions.filter(({ alive }) => alive)).toEqual([]);
    faulty.fails = () => false;
    await t.clock.advance(10_000);
    expect((await t.reboot()).core.panic.status().active).toBe(true);
  });
});
