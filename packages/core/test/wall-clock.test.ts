import { describe, expect, test } from "vitest";
import { DEFAULT_SESSION_LIMITS } from "../src/sessions/session-limits.ts";
import { startCore, until } from "./test-core.ts";

const HOUR_MS = 3_600_000;
const chat = { botId: "cli", chatId: "main", threadId: "" };

describe.each([
  ["an hour back", -HOUR_MS],
  ["a day forward", 24 * HOUR_MS],
])("row 31: the wall clock steps %s", (_, stepMs) => {
  test("and a working turn is not taken for silent, nor a silent one for working", async () => {
    const t = await startCore();
    t.driver.script = (turn) => turn.delta("thinking aloud");
    const turnId = t.submit("work");
    await until(() => t.core.turns.get(turnId)?.text === "thinking aloud", "the turn speaks");
    t.clock.stepWallClock(stepMs);
    await t.clock.advance(DEFAULT_SESSION_LIMITS.modelSilenceMs - 1_000);
    expect(t.core.turns.get(turnId)?.state).toBe("running");
    await t.clock.advance(2_000);
    expect(t.core.turns.get(turnId)).toMatchObject({ state: "failed", errorCode: "cli_silent" });
  });

  test("and a warm session is suspended after its idle time as it passes, not as it is told", async () => {
    const t = await startCore();
    await t.ask("hello");
    t.clock.stepWallClock(stepMs);
    await t.clock.advance(DEFAULT_SESSION_LIMITS.idleTimeoutMs - 1_000);
    expect(t.core.chats.status(chat).session.state).toBe("ready");
    await t.clock.advance(2_000);
    await until(() => t.core.chats.status(chat).session.state === "suspended", "it is suspended");
  });

  test("and turns keep the order in which they were accepted", async () => {
    const t = await startCore();
    t.driver.script = (turn) => turn.delta("busy");
    const first = t.submit("first");
    await until(() => t.core.turns.get(first)?.text === "busy", "the first runs");
    const second = t.submit("second");
    t.clock.stepWallClock(stepMs);
    const third = t.submit("third");
    // The service dies here: what waits is taken up again by its order of acceptance, not by its time.
    const next = await t.reboot();
    next.driver.script = (turn) => turn.answer(turn.text);
    await Promise.all([first, second, third].map((id) => next.core.turns.waitForEnd(id)));
    const texts = next.driver.sessions.at(-1)?.turns.map(({ text }) => text) ?? [];
    expect(texts.slice(-2)).toEqual(["second", "third"]);
  });
});
