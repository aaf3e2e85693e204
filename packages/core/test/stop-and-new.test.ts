import { describe, expect, test } from "vitest";
import { startCore, type TestCore, until } from "./test-core.ts";

const chat = { botId: "cli", chatId: "main", threadId: "" };
const runOne = async (t: TestCore, text = "long work"): Promise<string> => {
  t.driver.script = (turn) => turn.delta("so far");
  const turnId = t.submit(text);
  await until(() => t.core.turns.get(turnId)?.text === "so far", "the turn speaks");
  return turnId;
};

describe("stop", () => {
  test("interrupts the running turn, keeps its text, its process and its conversation", async () => {
    const t = await startCore();
    const turnId = await runOne(t);
    expect(await t.core.chats.stop(chat)).toEqual({ stopped: true, turnId, waiting: 0 });
    const turn = t.core.turns.get(turnId);
    expect(turn).toMatchObject({ state: "cancelled", errorCode: "turn_cancelled" });
    expect(turn?.text).toBe("so far\n\n⏹ Stopped.");
    t.driver.script = (next) => next.answer("still here");
    expect((await t.ask("again")).text).toBe("still here");
    expect(t.driver.launches).toHaveLength(1);
  });

  test("of a waiting turn reaches no other chat's, neither of this bot nor of another", async () => {
    const t = await startCore();
    t.driver.script = (turn) => turn.delta("so far");
    const others = [
      { botId: "cli", chatId: "other", threadId: "" },
      { botId: "4242", chatId: "main", threadId: "" },
    ];
    for (const other of others) {
      t.submit("runs", other);
      const waiting = t.submit("waits", other);
      await runOne(t);
      expect(await t.core.chats.stop(chat, waiting)).toMatchObject({ stopped: false, turnId: null });
      expect(t.core.turns.get(waiting)?.state).toBe("queued");
      expect(await t.core.chats.stop(other, waiting)).toMatchObject({ stopped: true, turnId: waiting });
      await t.core.chats.stop(chat);
    }
    await t.core.stop(0);
  });

  test("holds what waits until Run, then runs it in order", async () => {
    const t = await startCore();
    await runOne(t);
    const waiting = [t.submit("second"), t.submit("third")];
    expect(await t.core.chats.stop(chat)).toMatchObject({ waiting: 2 });
    expect(t.core.chats.status(chat)).toMatchObject({ held: true, waiting: 2, running: null });
    t.driver.script = (turn) => turn.answer(turn.text);
    expect((await t.ask("asked meanwhile")).text).toBe("asked meanwhile");
    expect(t.core.turns.get(waiting[0] ?? "")?.state).toBe("queued");
    expect(t.core.chats.release(chat, "run")).toBe(2);
    await Promise.all(waiting.map((id) => t.core.turns.waitForEnd(id)));
    expect(t.driver.sessions[0]?.turns.map(({ text }) => text)).toEqual([
      "long work",
      "asked meanwhile",
      "second",
      "third",
    ]);
  });

  test("then Drop ends what waited as stopped, without running it", async () => {
    const t = await startCore();
    await runOne(t);
    const waiting = t.submit("second");
    await t.core.chats.stop(chat);
    expect(t.core.chats.release(chat, "drop")).toBe(1);
    expect(t.core.turns.get(waiting)).toMatchObject({ state: "cancelled", startedAt: null });
    expect(t.core.chats.status(chat)).toMatchObject({ held: false, waiting: 0 });
  });

  test("of a waiting turn takes that one out and leaves the running one alone", async () => {
    const t = await startCore();
    const running = await runOne(t);
    const waiting = t.submit("second");
    expect(await t.core.chats.stop(chat, waiting)).toMatchObject({ stopped: true, turnId: waiting });
    expect(t.core.turns.get(waiting)?.state).toBe("cancelled");
    expect(t.core.turns.get(running)?.state).toBe("running");
  });

  test("of a turn that has ended stops nothing else", async () => {
    const t = await startCore();
    const ended = (await t.ask("short")).id;
    const running = await runOne(t);
    expect(await t.core.chats.stop(chat, ended)).toMatchObject({ stopped: false });
    expect(t.core.turns.get(running)?.state).toBe("running");
  });

  test("ends the process when the CLI does not obey within two seconds", async () => {
    const t = await startCore();
    const turnId = await runOne(t);
    t.driver.ignoreInterrupts = true;
    const stopping = t.core.chats.stop(chat);
    await t.clock.advance(2_000);
    await stopping;
    expect(t.core.turns.get(turnId)?.state).toBe("cancelled");
    expect(t.driver.sessions[0]?.alive).toBe(false);
    t.driver.script = (turn) => turn.answer("back");
    expect((await t.ask("again")).text).toBe("back");
  });

  test("before the process is up settles the turn and leaves the chat usable", async () => {
    const t = await startCore();
    const turnId = t.submit("hello");
    expect(await t.core.chats.stop(chat)).toMatchObject({ stopped: true, turnId });
    expect(t.core.turns.get(turnId)?.state).toBe("cancelled");
    expect((await t.ask("next")).text).toBe("echo: next");
    expect(t.driver.sessions.flatMap(({ turns }) => turns.map(({ text }) => text))).toEqual(["next"]);
  });

  test("on an idle or unknown chat stops nothing", async () => {
    const t = await startCore();
    expect(await t.core.chats.stop(chat)).toEqual({ stopped: false, turnId: null, waiting: 0 });
    await t.ask("hello");
    expect(await t.core.chats.stop(chat)).toMatchObject({ stopped: false });
  });
});

describe("a new conversation", () => {
  test("has a CLI session of its own, in the same workspace", async () => {
    const t = await startCore();
    await t.ask("one");
    const { conversationId } = await t.core.chats.newConversation(chat);
    expect(t.driver.sessions[0]?.alive).toBe(false);
    await t.ask("two");
    expect(t.driver.launches[1]).toMatchObject({ resume: false, cwd: t.driver.launches[0]?.cwd });
    expect(t.driver.launches[1]?.cliSessionId).not.toBe(t.driver.launches[0]?.cliSessionId);
    expect(t.core.chats.status(chat).conversation).toMatchObject({ id: conversationId, turns: 1 });
  });

  test("ends the running turn as stopped; what waited is answered in the new one", async () => {
    const t = await startCore();
    const running = await runOne(t);
    const waiting = t.submit("second");
    t.driver.script = (turn) => turn.answer(turn.text);
    const { conversationId } = await t.core.chats.newConversation(chat);
    expect(t.core.turns.get(running)).toMatchObject({ state: "cancelled", errorCode: "session_reset" });
    expect(await t.core.turns.waitForEnd(waiting)).toMatchObject({ state: "done", conversationId });
  });
});

describe("what a stop has put aside", () => {
  const fill = async (t: TestCore): Promise<string[]> => {
    await runOne(t);
    const waiting = ["second", "third"].map((text) => t.submit(text));
    await t.core.chats.stop(chat);
    return waiting;
  };
  const refusal = (t: TestCore, chatId: string): string | null => {
    try {
      t.submit("x", { chatId });
      return null;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  test("takes no room from other chats, and in its own counts like what waits", async () => {
    const t = await startCore({ limits: { maxWaitingPerChat: 3, maxWaiting: 3 } });
    await fill(t);
    expect(t.core.load().queued).toBe(0);
    t.driver.script = () => undefined;
    expect(refusal(t, "main")).toBeNull();
    await until(() => t.core.load().running === 1, "it runs");
    expect(["main", "main"].map((chatId) => refusal(t, chatId))).toEqual([null, "queue_full"]);
    expect(["a", "a"].map((chatId) => refusal(t, chatId))).toEqual([null, null]);
  });

  test("comes back by the queue's own door: a hold is told, and its turns are looked after", async () => {
    const t = await startCore();
    t.core.access.approve(
      t.core.access.requestPairing({ botId: "7", userId: "42", chatId: "42", username: null, name: null })
        .code,
      "test",
    );
    const place = { botId: "7", chatId: "42", threadId: "" };
    t.driver.script = (turn) => turn.delta("so far");
    const running = t.submit("long work", place, { deliver: true });
    await until(() => t.core.turns.get(running)?.text === "so far", "the turn speaks");
    t.submit("second", place, { deliver: true });
    await t.core.chats.stop(place);
    await t.core.panic.start(null);
    const front = t.frontEnd("7");
    expect(t.core.chats.release(place, "run")).toBe(1);
    const told = front.events.filter(
      (event) =>
        event.type === "delivery" && event.delivery.kind === "notice" && event.delivery.turnId === null,
    );
    expect(told).toHaveLength(1);
  });
});

describe("a stop while the last process is still ending", () => {
  test.each(["gateway", "chat"] as const)(
    "stops the turn that waits for it, and keeps the conversation: %s",
    async (door) => {
      const t = await startCore({ limits: { idleTimeoutMs: 60_000 } });
      await t.ask("hello");
      const before = t.core.chats.status(chat).conversation?.id;
      t.driver.ignoreEnds = true;
      await t.clock.advance(60_000);
      expect(t.core.chats.status(chat).session.state).toBe("stopping");
      const turnId = t.submit("delete it");
      const stopped = door === "gateway" ? t.core.gateway.stop("cli", "main") : t.core.chats.stop(chat);
      expect(await stopped).toMatchObject({ stopped: true });
      expect(await t.core.turns.waitForEnd(turnId)).toMatchObject({ state: "cancelled" });
      await t.clock.advance(60_000);
      expect(t.driver.sessions.flatMap(({ turns }) => turns.map(({ text }) => text))).toEqual(["hello"]);
      expect(t.core.chats.status(chat).conversation?.id).toBe(before);
    },
  );

  test("puts what waits behind it into the person's hands", async () => {
    const t = await startCore({ limits: { idleTimeoutMs: 60_000 } });
    await t.ask("hello");
    t.driver.ignoreEnds = true;
    await t.clock.advance(60_000);
    const [first, second] = [t.submit("one"), t.submit("two")];
    expect(await t.core.chats.stop(chat)).toMatchObject({ stopped: true, turnId: first, waiting: 1 });
    await t.clock.advance(60_000);
    expect(t.core.turns.get(second ?? "")?.state).toBe("queued");
    expect(t.core.chats.status(chat)).toMatchObject({ held: true, waiting: 1 });
  });
});
