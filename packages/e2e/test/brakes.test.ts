import { ENDPOINTS } from "@steward/contract/endpoints";
import type { ApiFailure } from "@steward/demo-model/messages-api";
import type { TelegramEmulator } from "@steward/testkit/telegram";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import type { Rig } from "../src/rig.ts";
import type { TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

/** Long enough for both chats to come to stand behind it, short enough to wait for. */
const RESET_AFTER_S = 8;
/** Below what the second request of a turn with 50,000 input tokens brings it to, on every model there is a price for. */
const CAP_USD = 0.3;

describe.each(cliVersions())("brakes on the $name", ({ path }) => {
  let telegram: TelegramRig;
  let emulator: TelegramEmulator;
  let rig: Rig;
  let ada: TelegramChat;
  let bob: TelegramChat;
  /** A subscription's login: only those have usage limits. */
  let login: Record<string, string>;

  beforeAll(async () => {
    telegram = await startTelegramRig({ cli: path });
    ({ emulator, rig } = telegram);
    login = { ANTHROPIC_API_KEY: "", CLAUDE_CODE_OAUTH_TOKEN: rig.model.apiKey };
    await rig.api.end("SIGTERM");
    await rig.startApi(login);
    ada = await telegram.pair();
    bob = await telegram.pair();
  });
  afterAll(() => telegram.close());

  const times = (chat: TelegramChat, text: string) =>
    chat.botTexts().filter((each) => each.includes(text)).length;
  /** How often the model was asked to answer this prompt; a refused one stays in the conversation and comes along. */
  const asked = (prompt: string) =>
    rig.model.requests.filter((request) => request.prompt.includes(prompt)).length;
  const refuse = (
    status: number,
    type: ApiFailure["type"],
    message: string,
    headers: Record<string, string> = {},
  ) =>
    rig.model.script(({ exchange }) => {
      exchange.fail({ status, type, message, headers });
      return true;
    });
  const ask = async (text: string, chatId = "money") => {
    const { turnId } = await rig.client().call(ENDPOINTS.submitTurn, {
      headers: { "idempotency-key": crypto.randomUUID() },
      body: { botId: "cli", chatId, text },
    });
    const turn = () => rig.client().call(ENDPOINTS.getTurn, { params: { turnId } });
    await expect
      .poll(async () => (await turn()).state, { timeout: 60_000 })
      .toMatch(/done|failed|interrupted|cancelled/);
    return await turn();
  };

  test("a usage limit parks both chats with one notice each, and at the reset each is answered exactly once", async () => {
    const resetS = Math.ceil(Date.now() / 1_000) + RESET_AFTER_S;
    const window = { status: "rejected", reset: String(resetS), utilization: "1" };
    const prefix = "anthropic-ratelimit-unified";
    refuse(429, "rate_limit_error", "This request would exceed your account's rate limit.", {
      [`${prefix}-status`]: "rejected",
      [`${prefix}-reset`]: String(resetS),
      [`${prefix}-representative-claim`]: "five_hour",
      ...Object.fromEntries(Object.entries(window).map(([name, value]) => [`${prefix}-5h-${name}`, value])),
      [`${prefix}-overage-status`]: "rejected",
    });
    const first = ada.seat.sendText("SAY:after the limit, ada");
    await ada.said("usage limit is reached, resets at", first);
    const second = bob.seat.sendText("SAY:after the limit, bob");
    await bob.said("usage limit is reached, resets at", second);
    ada.seat.sendText("SAY:and once more, ada");
    rig.model.script(null);
    await ada.answered("after the limit, ada", first);
    await bob.answered("after the limit, bob", second);
    await ada.answered("and once more, ada", first);
    expect(Date.now()).toBeGreaterThan(resetS * 1_000);
    for (const chat of [ada, bob]) expect(times(chat, "usage limit is reached")).toBe(1);
    expect(times(ada, "after the limit, ada")).toBe(1);
    // Refused once, answered once; what came behind the limit was never sent before the reset.
    expect(asked("SAY:after the limit, ada")).toBe(2);
    expect(asked("SAY:after the limit, bob")).toBe(1);
    expect(asked("SAY:and once more, ada")).toBe(1);
    emulator.assertNoViolations();
  });

  test("a login that has expired holds the queue with one notice, and what waited is answered when it is back", async () => {
    refuse(401, "authentication_error", "OAuth token has expired. Please obtain a new token.");
    const first = ada.seat.sendText("SAY:after the login, one");
    await ada.said("not logged in any more", first);
    ada.seat.sendText("SAY:after the login, two");
    await ada.said("Waits for Claude Code to be logged in", first);
    rig.model.script(null);
    await ada.answered("after the login, one", first);
    await ada.answered("after the login, two", first);
    expect(times(ada, "not logged in any more")).toBe(1);
    for (const number of ["one", "two"]) expect(times(ada, `after the login, ${number}`)).toBe(1);
    emulator.assertNoViolations();
  });

  test("panic stops a running tool at once; nothing runs until the release, also after a restart", async () => {
    const running = ada.seat.sendText('TOOL:Bash:{"command":"tail -F nothing-yet.log","description":"wait"}');
    await expect
      .poll(() => rig.cliProcesses().length, { timeout: 20_000 })
      .toBeGreaterThan(new Set(rig.cliProcesses().map(({ session }) => session)).size);
    const denied = bob.seat.sendCommand("panic");
    await bob.said("/panic is for this bot's owner and admins", denied);
    expect((await rig.client().call(ENDPOINTS.getPanic)).active).toBe(false);
    const command = ada.seat.sendCommand("panic");
    await ada.said("Everything is stopped: 1 running", command);
    await ada.said("⏹ Stopped: somebody has stopped everything", running);
    expect(rig.cliProcesses()).toEqual([]);
    const waiting = ada.seat.sendText("SAY:after the panic");
    await ada.said("Everything is stopped (panic)", waiting);
    await rig.api.end("SIGKILL");
    await rig.startApi(login);
    const { status, components } = await rig.client().call(ENDPOINTS.readyz);
    expect(status).toBe("ready");
    expect(components).toContainEqual({ name: "turns", ok: true, detail: "held: panic" });
    expect(await rig.client().call(ENDPOINTS.getPanic)).toMatchObject({ active: true, waiting: 1 });
    expect(rig.cliProcesses()).toEqual([]);
    expect(asked("SAY:after the panic")).toBe(0);
    const resume = ada.seat.sendCommand("resume");
    await ada.said("Released", resume);
    await ada.answered("after the panic", waiting);
    expect(asked("SAY:after the panic")).toBe(1);
    expect(times(ada, "Everything is stopped (panic)")).toBe(1);
    emulator.assertNoViolations();
  });

  test("a turn that costs more than it may is stopped before its next tool, and the session goes on", async () => {
    const client = rig.client();
    expect((await ask("SAY:warm")).state).toBe("done");
    await client.call(ENDPOINTS.setPolicy, { body: { name: "maxUsdPerTurn", value: CAP_USD } });
    const turn = await ask('CTX:50000 LOOPTOOL:Bash:{"command":"tail -n 1 nothing.log"}');
    expect(turn).toMatchObject({ state: "failed", errorCode: "budget_exceeded_turn" });
    expect(turn.text).toMatch(/this turn has cost \$0\.\d+, and a turn may cost \$0\.30/);
    expect(turn.usage?.costUsd).toBeGreaterThan(CAP_USD);
    // Two or three requests, by the model's price; without a brake it would go on for ever.
    expect(turn.usage?.costUsd).toBeLessThan(4 * CAP_USD);
    await client.call(ENDPOINTS.setPolicy, { body: { name: "maxUsdPerTurn", clear: true } });
    expect((await ask("SAY:still here")).text).toBe("still here");
  });

  test("what a turn costs is its own, also in a session that was suspended and resumed", async () => {
    const costs: number[] = [];
    for (let n = 0; n < 3; n++) {
      costs.push((await ask(`CTX:50000 SAY:number ${n}`, "resumed")).usage?.costUsd ?? 0);
      await rig.client().call(ENDPOINTS.reapSessions, { body: {} });
    }
    const [first = 0] = costs;
    expect(first).toBeGreaterThan(0.01);
    for (const cost of costs) expect(Math.abs(cost - first)).toBeLessThan(0.2 * first);
    const sessions = await rig.client().call(ENDPOINTS.listSessions);
    expect(sessions.find(({ chatId }) => chatId === "resumed")).toMatchObject({
      state: "suspended",
      pid: null,
    });
  });

  test("a model that does not answer at first is seen to be asked again", async () => {
    const prompt = bob.seat.sendText("ERR:500:3 SAY:there at last");
    await bob.said("trying again in", prompt);
    await bob.answered("there at last", prompt);
    emulator.assertNoViolations();
  });

  test("what the processes of a session take is seen while it works", async () => {
    const prompt = bob.seat.sendText('TOOL:Bash:{"command":"tail -F nothing-yet.log","description":"wait"}');
    const own = async () =>
      (await rig.client().call(ENDPOINTS.listSessions)).find(
        ({ chatId }) => chatId === String(bob.person.id),
      );
    await expect.poll(async () => (await own())?.usage?.processes, { timeout: 20_000 }).toBeGreaterThan(1);
    expect((await own())?.usage?.rssBytes).toBeGreaterThan(50 * 1_048_576);
    bob.seat.sendCommand("stop");
    await bob.answered("⏹ Stopped", prompt);
  });
});
