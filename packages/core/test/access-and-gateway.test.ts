import { describe, expect, test } from "vitest";
import { pair, startCore, until } from "./test-core.ts";

const request = (userId: string) => ({ botId: "7", userId, chatId: userId, username: null, name: "Ada" });

describe("pairing", () => {
  test("makes the first person the owner, later ones users, and each code works once", async () => {
    const { core } = await startCore();
    const { code } = core.access.requestPairing(request("1"));
    expect(core.access.isAllowed("7", "1")).toBe(false);
    expect(core.access.approve(code.toLowerCase(), "cli")).toMatchObject({
      entry: { role: "owner" },
      people: 1,
    });
    expect(core.access.isAllowed("7", "1")).toBe(true);
    expect(() => core.access.approve(code, "cli")).toThrow(
      expect.objectContaining({ code: "pairing_code_invalid" }) as Error,
    );
    const second = core.access.requestPairing(request("2"));
    expect(core.access.approve(second.code, "cli")).toMatchObject({ entry: { role: "user" }, people: 2 });
  });

  test("gives one code per person, to three people at most, for an hour", async () => {
    const { core, clock } = await startCore();
    const first = core.access.requestPairing(request("1"));
    expect(core.access.requestPairing(request("1"))).toEqual({ ...first, fresh: false });
    core.access.requestPairing(request("2"));
    core.access.requestPairing(request("3"));
    expect(() => core.access.requestPairing(request("4"))).toThrow(
      expect.objectContaining({ code: "pairing_too_many" }) as Error,
    );
    await clock.advance(3_600_000);
    expect(core.access.listRequests()).toEqual([]);
    expect(() => core.access.approve(first.code, "cli")).toThrow("unknown or has expired");
    expect(core.access.requestPairing(request("4")).fresh).toBe(true);
  });

  test("a revoked person is out at once and the front end is told", async () => {
    const t = await startCore();
    pair(t.core, "7", "1");
    pair(t.core, "7", "42");
    const { events } = t.frontEnd("7");
    expect(t.core.access.revoke("7", "42", "cli")).toBe(true);
    expect(t.core.access.isAllowed("7", "42")).toBe(false);
    expect(events.filter(({ type }) => type === "access").at(-1)).toMatchObject({
      entries: [{ userId: "1" }],
    });
    expect(t.core.access.revoke("7", "42", "cli")).toBe(false);
  });
});

describe("a bot's offset", () => {
  test("is forgotten after a quiet week, when Telegram may count anew", async () => {
    const { core, clock } = await startCore();
    core.inbox.accept("7", [
      {
        updateId: 500,
        kind: "denied",
        chat: null,
        sender: null,
        messageId: null,
        text: "",
        command: null,
        replyTo: null,
        reason: "stranger",
        raw: null,
      },
    ]);
    expect(core.bots.register("7", "telegram", "ada_bot").ackedThrough).toBe(500);
    clock.stepWallClock(6 * 86_400_000);
    expect(core.bots.register("7", "telegram", "ada_bot").ackedThrough).toBeNull();
    // Six days are as many looks at unfinished turns as there are half minutes in them.
  }, 30_000);
});

describe("the gateway", () => {
  test("accepts a turn together with its request or not at all", async () => {
    const { core, database, driver } = await startCore();
    database.db.run("ALTER TABLE gateway_requests RENAME TO gone");
    expect(() => core.gateway.accept({ bot_id: "hero", chat_id: "1", message: "once" })).toThrow();
    expect(core.load().queued).toBe(0);
    expect(database.db.all("SELECT id FROM turns")).toEqual([]);
    expect(driver.launches).toEqual([]);
  });

  const message = { chat_id: "-100", bot_id: "hero", message: "continue", user_id: "1", username: "ada" };

  test("a request like one whose response broke off joins that turn and never runs it again", async () => {
    const { core, driver } = await startCore();
    const first = core.gateway.accept(message);
    await core.turns.waitForEnd(first.turnId);
    first.responseEnded(false);
    const second = core.gateway.accept(message);
    expect(second).toMatchObject({ turnId: first.turnId, joined: true });
    second.responseEnded(true);
    expect(driver.sessions.flatMap(({ turns }) => turns)).toHaveLength(1);
  });

  test("a request like one that was answered to the end is a new message", async () => {
    const { core } = await startCore();
    const first = core.gateway.accept(message);
    await core.turns.waitForEnd(first.turnId);
    first.responseEnded(true);
    expect(core.gateway.accept(message)).toMatchObject({ joined: false });
  });

  test("responses that were open when the service died count as broken off, for 35 minutes", async () => {
    const t = await startCore();
    const first = t.core.gateway.accept(message);
    await t.core.turns.waitForEnd(first.turnId);
    const next = await t.reboot();
    expect(next.core.gateway.accept(message)).toMatchObject({ turnId: first.turnId, joined: true });
    const later = await next.reboot();
    await t.clock.advance(36 * 60_000);
    expect(later.core.gateway.accept(message).joined).toBe(false);
  });

  test.each(["queue_wait_timeout", "queue_held"] as const)(
    "a message that was taken out of its queue (%s) is a new one when it is posted again",
    async (reason) => {
      const { core, driver } = await startCore();
      driver.script = (turn) => void (turn.text === "continue" && turn.answer("here it is"));
      core.gateway.accept({ ...message, message: "first" });
      await until(() => driver.sessions[0]?.turns.length === 1, "the first runs");
      const withdrawn = core.gateway.accept(message);
      core.turns.withdraw(withdrawn.turnId, reason, { reason: "held" });
      withdrawn.responseEnded(false);
      const again = core.gateway.accept(message);
      expect(again.joined).toBe(false);
      expect(again.turnId).not.toBe(withdrawn.turnId);
      // One that runs, or ran, is joined as before.
      again.responseEnded(false);
      expect(core.gateway.accept(message)).toMatchObject({ joined: true, turnId: again.turnId });
    },
  );

  test("another person's same words are not joined", async () => {
    const { core } = await startCore();
    const first = core.gateway.accept(message);
    await core.turns.waitForEnd(first.turnId);
    first.responseEnded(false);
    expect(core.gateway.accept({ ...message, user_id: "2" }).joined).toBe(false);
  });

  test("stop cancels a running turn, does nothing again within a minute, then starts afresh", async () => {
    const { core, driver, clock } = await startCore();
    driver.script = (turn) => turn.delta("working");
    const { turnId } = core.gateway.accept(message);
    await until(() => core.turns.get(turnId)?.text === "working", "it runs");
    const conversation = () =>
      core.chats.status({ botId: "hero", chatId: "-100", threadId: "" }).conversation?.id;
    const before = conversation();
    expect(await core.gateway.stop("hero", "-100")).toEqual({ stopped: true });
    expect(core.turns.get(turnId)?.state).toBe("cancelled");
    expect(await core.gateway.stop("hero", "-100")).toEqual({ stopped: true });
    expect(conversation()).toBe(before);
    await clock.advance(61_000);
    await core.gateway.stop("hero", "-100");
    expect(conversation()).not.toBe(before);
    expect(await core.gateway.stop("hero", "unknown")).toEqual({ stopped: false });
  });

  test("queue status counts for a busy chat and answers real zeros for an unknown one", async () => {
    const { core, driver, clock } = await startCore();
    driver.script = () => undefined;
    core.gateway.accept(message);
    await until(() => driver.sessions[0]?.turns.length === 1, "it runs");
    await clock.advance(5_000);
    expect(core.gateway.queueStatus("hero", "-100")).toMatchObject({
      busy: true,
      elapsedMs: 5_000,
      slotsUsed: 1,
      slotsMax: 4,
    });
    expect(core.gateway.queueStatus("hero", "1")).toMatchObject({
      busy: false,
      busyMessage: "",
      elapsedMs: 0,
    });
    expect(core.gateway.sessions("hero")).toMatchObject([{ chatId: "-100", busy: true, state: "running" }]);
    expect(core.gateway.sessions("nobody")).toEqual([]);
  });
});
