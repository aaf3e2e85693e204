import { createFakeClock, createSystemClock } from "@steward/platform/clock";
import { createMemoryLogger } from "@steward/platform/logger";
import { describe, expect, test } from "vitest";
import { messageUpdate } from "../../test/updates.ts";
import { createBotApi } from "../api/bot-api.ts";
import { createPoller, type PollerDeps, type PollerState } from "./poller.ts";

const TOKEN = "42:AAHfCanary-secret_0123456789abcdefghij";

interface SeenPoll {
  offset: number | undefined;
  timeoutS: number;
  atMs: number;
  signal: AbortSignal;
}
/** Null: a long poll without updates. */
type Answer = (poll: SeenPoll, index: number) => Response | Promise<Response> | null;

const updates = (...ids: number[]): Response =>
  Response.json({ ok: true, result: ids.map((update_id) => ({ ...messageUpdate(), update_id })) });
const refuse = (code: number, description: string, parameters = {}): Response =>
  Response.json({ ok: false, error_code: code, description, parameters }, { status: code });
const never = (): Promise<Response> => new Promise(() => undefined);

function setUp(answer: Answer, changes: Partial<PollerDeps> = {}) {
  const clock = createFakeClock();
  const polls: SeenPoll[] = [];
  const idle = async (): Promise<Response> => {
    await clock.sleep(50_000);
    return updates();
  };
  const fetch: typeof globalThis.fetch = async (_, init) => {
    const body = JSON.parse(String(init?.body)) as { offset?: number; timeout: number };
    const signal = init?.signal as AbortSignal;
    const poll = { offset: body.offset, timeoutS: body.timeout, atMs: clock.monotonicMs(), signal };
    polls.push(poll);
    return (await answer(poll, polls.length - 1)) ?? idle();
  };
  const batches: number[][] = [];
  const states: PollerState[] = [];
  const { log, lines } = createMemoryLogger();
  const poller = createPoller({
    api: createBotApi({ token: TOKEN, apiRoot: "https://telegram.example", fetch, clock }),
    getOffset: async () => undefined,
    onBatch: async (batch) => {
      batches.push(batch.map(({ update_id }) => update_id));
      return (batch.at(-1)?.update_id ?? 0) + 1;
    },
    clock,
    log,
    onState: (state) => void states.push(state),
    random: () => 0,
    ...changes,
  });
  return { clock, poller, polls, batches, states, lines, names: () => states.map(({ name }) => name) };
}

test("the first poll, and the first after trouble, does not wait: so it is known at once that all is well", async () => {
  const answers = [updates(), updates(7), refuse(502, "Bad Gateway"), updates()];
  const { clock, poller, polls, names } = setUp((_, index) => answers[index] ?? never());
  poller.start();
  await clock.advance(10_000);
  expect(polls.map(({ timeoutS }) => timeoutS)).toEqual([0, 50, 50, 0, 50]);
  expect(names()).toEqual(["starting", "polling", "unreachable", "polling"]);
});

describe("the offset", () => {
  test("begins where the API says, and moves to what the API acknowledged", async () => {
    const acknowledged = [12, 14];
    const { clock, poller, polls } = setUp(
      (_, index) => [updates(10, 11, 12), updates(12, 13)][index] ?? never(),
      { getOffset: async () => 10, onBatch: async () => acknowledged.shift() ?? 0 },
    );
    poller.start();
    await clock.advance(0);
    expect(polls.map(({ offset }) => offset)).toEqual([10, 12, 14]);
  });

  test("is left out when there is none", async () => {
    const { clock, poller, polls } = setUp(never);
    poller.start();
    await clock.advance(0);
    expect(polls.map(({ offset }) => offset)).toEqual([undefined]);
  });

  test("stays while the API is down: the same updates come again, and are handed on in the end", async () => {
    let down = true;
    const seen: number[][] = [];
    const { clock, poller, polls, names } = setUp(({ offset }) => (offset === 11 ? never() : updates(10)), {
      onBatch: async (batch) => {
        seen.push(batch.map(({ update_id }) => update_id));
        if (down) throw new Error("connect ECONNREFUSED");
        return 11;
      },
    });
    poller.start();
    await clock.advance(10_000);
    expect(polls.every(({ offset }) => offset === undefined)).toBe(true);
    expect(poller.state()).toMatchObject({ name: "backend_down", detail: "connect ECONNREFUSED" });
    const tries = seen.length;
    expect(tries).toBeGreaterThan(2);
    expect(tries).toBeLessThan(8);
    down = false;
    await clock.advance(30_000);
    expect(polls.at(-1)?.offset).toBe(11);
    expect(names()).toEqual(["starting", "backend_down", "polling"]);
  });

  test.each([[10], [5], [Number.NaN], [undefined as unknown as number]])(
    "an acknowledgement of %s for update 10 moves nothing and does not spin",
    async (next) => {
      const { clock, poller, polls } = setUp(() => updates(10), { onBatch: async () => next });
      poller.start();
      await clock.advance(60_000);
      expect(polls.length).toBeLessThan(10);
      expect(polls.every(({ offset }) => offset === undefined)).toBe(true);
      expect(poller.state().name).toBe("backend_down");
    },
  );

  test("is asked for until it is known; before that nothing is polled", async () => {
    let asked = 0;
    const { clock, poller, polls, names } = setUp(never, {
      getOffset: async () => {
        asked += 1;
        if (asked < 4) throw new Error("the API is starting");
        return 77;
      },
    });
    poller.start();
    await clock.advance(1000);
    expect(polls).toEqual([]);
    await clock.advance(10_000);
    expect(polls.map(({ offset }) => offset)).toEqual([77]);
    expect(names()).toEqual(["starting", "backend_down"]);
  });

  test("is dropped after a quiet week, when Telegram counts anew", async () => {
    const { clock, poller, polls } = setUp((_, index) => (index === 0 ? updates(10) : null));
    poller.start();
    await clock.advance(5.9 * 24 * 3600 * 1000);
    expect(polls.at(-1)?.offset).toBe(11);
    await clock.advance(0.2 * 24 * 3600 * 1000);
    expect(polls.at(-1)?.offset).toBeUndefined();
  });
});

describe("failures", () => {
  test("409 is survived for ever, with growing pauses, and tells who is in the way", async () => {
    let conflict = true;
    const description = "Conflict: terminated by other getUpdates request";
    const { clock, poller, polls, names, lines } = setUp(() => (conflict ? refuse(409, description) : null));
    poller.start();
    await clock.advance(10 * 60_000);
    expect(poller.state()).toMatchObject({ name: "conflict", detail: description });
    const pauses = polls.slice(1).map(({ atMs }, i) => atMs - (polls[i]?.atMs ?? 0));
    expect(pauses.slice(0, 8)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    // Told once, not every time.
    expect(lines.filter(({ level }) => level === "warn")).toHaveLength(1);
    conflict = false;
    await clock.advance(120_000);
    expect(names()).toEqual(["starting", "conflict", "polling"]);
  });

  test("the pauses begin anew once all was well", async () => {
    const { clock, poller, polls } = setUp((_, index) => (index === 4 ? null : refuse(502, "Bad Gateway")));
    poller.start();
    await clock.advance(59_000);
    const pauses = polls.slice(1).map(({ atMs }, i) => atMs - (polls[i]?.atMs ?? 0));
    expect(pauses.slice(0, 6)).toEqual([500, 1000, 2000, 4000, 50_000, 500]);
  });

  test("the pauses have jitter, so that two pollers do not keep in step", async () => {
    const { clock, poller, polls } = setUp(() => refuse(409, "Conflict"), { random: () => 0.5 });
    poller.start();
    await clock.advance(2000);
    expect(polls.map(({ atMs }) => atMs)).toEqual([0, 375, 1125]);
  });

  test.each([
    [401, "Unauthorized"],
    [404, "Not Found"],
  ])("%i ends this poller", async (code, description) => {
    const { clock, poller, polls, names } = setUp(() => refuse(code, description));
    poller.start();
    await clock.advance(3_600_000);
    expect(polls).toHaveLength(1);
    expect(names()).toEqual(["starting", "unauthorized"]);
    expect(clock.pendingTimers()).toBe(0);
  });

  test.each([401, 404, 403])("a proxy's %i says nothing about the token: tried again", async (status) => {
    const { clock, poller, polls, names } = setUp((_, index) =>
      index === 0 ? new Response("<html>no</html>", { status }) : never(),
    );
    poller.start();
    await clock.advance(10_000);
    expect(polls).toHaveLength(2);
    expect(names()).toEqual(["starting", "unreachable"]);
  });

  test("429 waits exactly as long as told", async () => {
    const { clock, poller, polls } = setUp((_, index) =>
      index === 0 ? refuse(429, "Too Many Requests: retry after 100", { retry_after: 100 }) : never(),
    );
    poller.start();
    await clock.advance(200_000);
    expect(polls[1]?.atMs).toBe(100_000);
  });

  test("409, 502, garbage, a reset and a hung socket in a row: then the updates come, in order", async () => {
    const { clock, poller, batches, names } = setUp((_, index) => {
      const script: (() => Response | Promise<Response>)[] = [
        () => refuse(409, "Conflict"),
        () => new Response("<html>502</html>", { status: 502 }),
        () => Response.json({ ok: true, result: "no list" }),
        () => Promise.reject(new TypeError("fetch failed", { cause: new Error("read ECONNRESET") })),
        never,
        () => updates(10, 11),
        () => updates(12),
      ];
      return script[index]?.() ?? null;
    });
    poller.start();
    await clock.advance(180_000);
    expect(batches).toEqual([[10, 11], [12]]);
    expect(names()).toEqual(["starting", "conflict", "unreachable", "polling"]);
  });

  test("a socket that died silently is given up after 65 s", async () => {
    const { clock, poller, polls } = setUp(never);
    poller.start();
    await clock.advance(64_999);
    expect(polls).toHaveLength(1);
    expect(poller.state().name).toBe("starting");
    await clock.advance(1000);
    expect(polls).toHaveLength(2);
    expect(polls[0]?.signal.aborted).toBe(true);
    expect(poller.state().name).toBe("unreachable");
  });

  test("the watchdog shows when handing on hangs", async () => {
    const { clock, poller, states } = setUp((_, index) => (index === 0 ? null : updates(10)), {
      onBatch: () => new Promise(() => undefined),
    });
    poller.start();
    await clock.advance(300_000);
    expect(states.map(({ name }) => name)).toEqual(["starting", "polling", "backend_down"]);
    expect(states.at(-1)?.detail).toMatch(/nothing has moved for \d+ s/);
  });

  test("a listener that throws does not stop the polling", async () => {
    const { clock, poller, polls } = setUp((_, index) => (index === 0 ? updates(10) : never()), {
      onState: () => {
        throw new Error("listener");
      },
    });
    poller.start();
    await clock.advance(0);
    expect(polls).toHaveLength(2);
  });

  test("an answer that comes empty at once does not make it spin", async () => {
    const { clock, poller, polls } = setUp(() => updates());
    poller.start();
    await clock.advance(10_000);
    // One each half second, and the first one, which does not wait.
    expect(polls.length).toBeLessThanOrEqual(22);
  });

  test("nothing of it shows the token", async () => {
    const { clock, poller, states, lines } = setUp((_, index) => {
      if (index === 0) throw new TypeError(`Failed to parse URL from https://x/bot${TOKEN}/getUpdates`);
      return refuse(409, `Conflict at /bot${TOKEN}/getUpdates`);
    });
    poller.start();
    await clock.advance(5000);
    expect(states.length).toBeGreaterThan(2);
    expect(JSON.stringify([states, lines])).not.toContain("Canary");
  });
});

describe("stopping", () => {
  test("ends a poll that waits, within 100 ms of real time", async () => {
    const clock = createSystemClock();
    let aborted = false;
    let asked = (): void => undefined;
    const polling = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const fetch: typeof globalThis.fetch = (_, init) =>
      new Promise((_resolve, reject) => {
        asked();
        init?.signal?.addEventListener("abort", () => {
          aborted = true;
          reject(new Error("aborted"));
        });
      });
    const states: PollerState[] = [];
    const { log } = createMemoryLogger();
    const poller = createPoller({
      api: createBotApi({ token: TOKEN, apiRoot: "https://telegram.example", fetch, clock }),
      getOffset: async () => 1,
      onBatch: async () => 2,
      clock,
      log,
      onState: (state) => void states.push(state),
    });
    poller.start();
    await polling;
    const startedMs = performance.now();
    await poller.stop();
    expect(performance.now() - startedMs).toBeLessThan(100);
    expect(aborted).toBe(true);
    expect(states.map(({ name }) => name)).toEqual(["starting", "stopped"]);
  });

  test("ends a pause, leaves no timer, polls no more, tells no more", async () => {
    const { clock, poller, polls, names } = setUp(() => refuse(502, "Bad Gateway"));
    poller.start();
    await clock.advance(5000);
    const before = polls.length;
    await poller.stop();
    await clock.advance(600_000);
    expect(polls).toHaveLength(before);
    expect(names()).toEqual(["starting", "unreachable", "stopped"]);
    expect(clock.pendingTimers()).toBe(0);
  });

  test("does not wait for a batch that is being handed on, and takes no acknowledgement after it", async () => {
    let acknowledge = (_: number): void => undefined;
    const signals: AbortSignal[] = [];
    const { clock, poller, polls, names } = setUp(() => updates(10), {
      onBatch: (_, signal) => {
        signals.push(signal);
        return new Promise((resolve) => {
          acknowledge = resolve;
        });
      },
    });
    poller.start();
    await clock.advance(0);
    await poller.stop();
    expect(signals[0]?.aborted).toBe(true);
    acknowledge(11);
    await clock.advance(1000);
    expect(polls).toHaveLength(1);
    expect(names()).toEqual(["starting", "stopped"]);
  });

  test("twice, or before the start, is harmless", async () => {
    const { clock, poller, polls } = setUp(never);
    await poller.stop();
    await poller.stop();
    poller.start();
    await clock.advance(1000);
    expect(polls).toEqual([]);
  });
});
