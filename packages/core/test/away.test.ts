import { describe, expect, test } from "vitest";
import { pair, startCore, until } from "./test-core.ts";

const CHAT = { botId: "4242", chatId: "42", threadId: "" };
const HOUR_MS = 3_600_000;

async function start() {
  const t = await startCore({ limits: { idleTimeoutMs: 60_000 } });
  t.core.bots.register(CHAT.botId, "telegram", "tiny_bot");
  pair(t.core, CHAT.botId, "42");
  const bot = t.frontEnd(CHAT.botId);
  const ask = async (text: string) => {
    const id = t.submit(text, CHAT, { deliver: true, source: "telegram", userId: "42" });
    return await t.core.turns.waitForEnd(id);
  };
  return { ...t, bot, ask };
}

describe("/away", () => {
  test("keeps the session as it was left, and ends with /back", async () => {
    const { core, ask, driver, clock } = await start();
    core.away.leave(CHAT);
    await ask("one");
    await clock.advance(5 * HOUR_MS);
    expect(driver.sessions[0]?.alive).toBe(true);
    core.away.comeBack(CHAT);
    await clock.advance(60_000);
    expect(driver.sessions[0]?.alive).toBe(false);
  });

  test("lets questions wait for a day", async () => {
    const { core, submit, driver, clock } = await start();
    core.away.leave(CHAT);
    driver.script = async (turn) => {
      const decision = await turn.askPermission("Bash", { command: "ls" });
      turn.answer(decision.behavior);
    };
    const id = submit("go", CHAT, { deliver: true, source: "telegram", userId: "42" });
    await until(() => core.approvals.list({ state: "pending" }).length === 1, "it asks");
    await clock.advance(20 * HOUR_MS);
    expect(core.approvals.list({ state: "pending" })).toHaveLength(1);
    await clock.advance(5 * HOUR_MS);
    expect((await core.turns.waitForEnd(id)).text).toBe("deny");
  });

  test("makes what is delivered meanwhile quiet", async () => {
    const { core, ask, bot } = await start();
    const quiet = () =>
      bot.events.flatMap((event) => (event.type === "delivery" ? [event.delivery.quiet ?? false] : []));
    core.away.leave(CHAT);
    await ask("one");
    expect(quiet()).toEqual([true]);
    core.away.comeBack(CHAT);
    await ask("two");
    expect(quiet()).toEqual([true, false]);
  });

  test("said twice counts from the first time; /back tells what was missed, once", async () => {
    const { core, ask, clock } = await start();
    await ask("before");
    await clock.advance(1_000);
    const { since } = core.away.leave(CHAT);
    await clock.advance(1_000);
    expect(core.away.leave(CHAT).since).toBe(since);
    await ask("meanwhile");
    const back = core.away.comeBack(CHAT);
    expect(back).toMatchObject({ away: false, since });
    expect(back.missed).toEqual({
      answered: 1,
      unanswered: 0,
      questions: 0,
      more: 0,
      messages: [
        { role: "user", text: "meanwhile" },
        { role: "assistant", text: "echo: meanwhile" },
      ],
    });
    expect(core.away.comeBack(CHAT)).toEqual({ away: false, since: null, missed: null });
  });
});
