import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { createHastyClock, loggedLines, openStub, stub, sweepSessions } from "./stub-session.ts";

afterEach(sweepSessions);

const MB = 1_048_576;
/** What only passes through costs this much at the most. The rows say 64 MB: that is what waits for V8's collector. */
const PASSING_BYTES = 24 * MB;

/** By how many bytes the resident memory has grown at most; looked at every 5 ms. */
const watchGrowth = () => {
  const before = process.memoryUsage.rss();
  let peak = before;
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 5);
  return {
    stop: (): number => {
      clearInterval(timer);
      look();
      return peak - before;
    },
  };
};

describe("a process that goes by itself settles the session and leaves nothing", () => {
  test.each([
    [
      "killed while a tool runs",
      { fault: "crash-mid-tool", tools: [{ name: "Bash" }] },
      { code: null, signal: "SIGKILL", reason: "killed" },
    ],
    ["killed before the answer", { fault: "crash" }, { signal: "SIGKILL", reason: "killed" }],
    ["exit 0 without a result", { fault: "exit-without-result" }, { code: 0, reason: "exited" }],
    [
      "an error on stderr alone",
      { fault: "exit-with-stderr", stderrText: "out of luck" },
      { code: 1, stderrTail: "out of luck\n" },
    ],
    ["half a line, then the end", { fault: "half-line" }, { code: 0, reason: "exited" }],
  ])("%s", async (_what, scenario, exit) => {
    const { session, events, descendants } = await openStub();
    session.sendTurn({ uuid: randomUUID(), text: stub({ ...scenario, children: ["setsid", "orphan"] }) });
    const seen = await session.exited;
    expect(seen).toMatchObject({ ...exit, swept: 2 });
    expect(events.map(({ type }) => type)).not.toContain("turn_result");
    expect(descendants()).toEqual([]);
    await expect(session.interrupt()).rejects.toMatchObject({ code: "cli_exited" });
  });

  test("row 16: half a line, then the end, counts as a bad one", async () => {
    const { session, events } = await openStub();
    session.sendTurn({ uuid: randomUUID(), text: stub({ fault: "half-line" }) });
    await session.exited;
    expect(events.at(-1)).toEqual({ type: "bad_line", count: 1 });
  });

  test("row 20: a grandchild that holds its stdout does not keep the session from ending", async () => {
    const { session, descendants } = await openStub();
    session.sendTurn({ uuid: randomUUID(), text: stub({ fault: "exit-with-held-stdout" }) });
    const startMs = performance.now();
    expect(await session.exited).toMatchObject({ code: 0, reason: "exited", swept: 1 });
    expect(performance.now() - startMs).toBeLessThan(4_000);
    expect(descendants()).toEqual([]);
  });
});

describe("output that is not as it should be", () => {
  test("row 16: invalid JSON, BOM, NUL, CRLF, two objects on a line: bad lines are counted, what is well-formed but odd is passed over, and the turn ends", async () => {
    const { session, events, ask } = await openStub();
    expect((await ask(stub({ fault: "garbage" }, "x "))).ok).toBe(true);
    const counts = events.flatMap((event) => (event.type === "bad_line" ? [event.count] : []));
    expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    await session.end();
  });

  test("row 15: a 60 MB line is dropped and counted, within 64 MB; the turn goes on", async () => {
    const { session, events, ask } = await openStub();
    const growth = watchGrowth();
    expect((await ask(stub({ fault: "oversize-line" }))).ok).toBe(true);
    expect(growth.stop()).toBeLessThan(64 * MB);
    const dropped = events.find((event) => event.type === "oversize_line");
    expect(dropped).toMatchObject({ bytes: 60 * MB + 30 });
    await session.end();
  }, 30_000);

  test("row 17: text that arrives byte by byte is exact", async () => {
    const text = "é 中文 👩‍👩‍👧‍👦 \u2028 \u{10FFFF} e\u0301";
    const { session, events, ask } = await openStub();
    expect((await ask(stub({ fault: "split-bytes", text }))).ok).toBe(true);
    expect(events).toContainEqual(expect.objectContaining({ type: "assistant_text", text }));
    expect(JSON.stringify(events)).not.toContain("\uFFFD");
    await session.end();
  });

  test("row 17: halves of characters that the CLI escapes pass as they are, and whole again when the other half comes", async () => {
    const { session, events, ask, shown } = await openStub();
    expect((await ask(stub({ fault: "lone-surrogates" }))).ok).toBe(true);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "assistant_text", text: "lone \ud83d and \ude00" }),
    );
    expect(shown()).toContain("pair 😀");
    expect(JSON.stringify(events)).not.toContain("\uFFFD");
    await session.end();
  });

  test("row 19: new and missing fields do no harm", async () => {
    const { session, events, ask } = await openStub();
    const result = await ask(stub({ fault: "odd-fields" }));
    expect(result).toMatchObject({ ok: true, usage: { inputTokens: 10 } });
    expect(events).toContainEqual(expect.objectContaining({ type: "tool_started", name: "FromTheFuture" }));
    await session.end();
  });

  test("row 19: events from the future are kept by name, and a question nobody knows is answered with an error", async () => {
    const { session, events, ask } = await openStub();
    expect((await ask(stub({ fault: "unknown-events" }))).ok).toBe(true);
    const unknown = events.flatMap((event) => (event.type === "unknown" ? [event.rawType] : []));
    expect(unknown).toEqual(["from_the_future", "system/brand_new", "control_request/brand_new_question"]);
    await session.end();
  });

  test("row 14: 100 MB of text in lines passes without being held, nor left to the collector", async () => {
    let bytes = 0;
    const { session, ask } = await openStub(
      {},
      {},
      {
        onEvent: (event) => {
          if (event.type === "text_delta") bytes += event.text.length;
        },
      },
      { keeps: (event) => event.type !== "text_delta" },
    );
    const growth = watchGrowth();
    expect((await ask(stub({ fault: "stdout-flood", bytes: 100 * MB, text: "" }))).errorCode).toBe(
      "empty_result",
    );
    expect(growth.stop()).toBeLessThan(PASSING_BYTES);
    expect(bytes).toBe(100 * MB);
    await session.end();
  }, 60_000);

  test("row 18: 200 MB on stderr, and again, block neither the turn nor grow the memory", async () => {
    const { session, ask } = await openStub();
    const growth = watchGrowth();
    for (let flood = 0; flood < 2; flood++)
      expect((await ask(stub({ fault: "stderr-flood", bytes: 200 * MB }))).ok).toBe(true);
    expect(growth.stop()).toBeLessThan(PASSING_BYTES);
    expect((await session.end()).stderrTail).toHaveLength(65_536);
  }, 60_000);

  test("a host whose event handler throws is logged, and the turn goes on", async () => {
    let thrown = false;
    const { session, ask } = await openStub(
      {},
      {},
      {
        onEvent: (event) => {
          if (event.type !== "text_delta" || thrown) return;
          thrown = true;
          throw new Error("host mistake");
        },
      },
    );
    expect((await ask("x")).ok).toBe(true);
    expect(loggedLines().some((line) => line.includes("host mistake"))).toBe(true);
    await session.end();
  });
});

describe("row 20: a turn that starts processes without end", () => {
  test("a relay that forks away in new sessions, and a crowd of forty: the end leaves nothing of them", async () => {
    const { session, ask, descendants } = await openStub();
    await ask(
      stub({ tools: [{ name: "Bash", children: ["relay", ...Array.from({ length: 40 }, () => "setsid")] }] }),
    );
    expect(descendants().length).toBeGreaterThan(40);
    const exit = await session.end();
    expect(exit.swept).toBeGreaterThanOrEqual(40);
    expect(descendants()).toEqual([]);
    // A link that was missed would have started the next one by now.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(descendants()).toEqual([]);
  }, 60_000);
});

describe("input that is not read", () => {
  test("row 21: a CLI that closes its stdin is ended when something is written to it", async () => {
    const { session, until } = await openStub();
    session.sendTurn({ uuid: randomUUID(), text: stub({ fault: "close-stdin" }) });
    await until("user_replayed");
    // The questions fill the pipe's far end, which is closed.
    for (let round = 0; round < 3; round++) session.setModel("x".repeat(100_000)).catch(() => undefined);
    expect(await session.exited).toMatchObject({ reason: "ended" });
  });

  test("row 21: a CLI that closes its stdin while 5 MB are being written to it is ended, and nobody crashes", async () => {
    const { session, descendants } = await openStub({ closesInput: true });
    session.sendTurn({ uuid: randomUUID(), text: "p".repeat(5 * MB) });
    expect(await session.exited).toMatchObject({ reason: "ended" });
    expect(() => session.sendTurn({ uuid: randomUUID(), text: "again" })).toThrow(/cli_exited/);
    expect(descendants()).toEqual([]);
  });

  test("row 21: a CLI that never reads a 5 MB prompt can still be ended", async () => {
    const { session, descendants } = await openStub({ neverReads: true });
    session.sendTurn({ uuid: randomUUID(), text: "p".repeat(5 * MB) });
    expect(await session.end("now")).toMatchObject({ reason: "ended", signal: "SIGTERM" });
    expect(descendants()).toEqual([]);
  });
});

describe("end", () => {
  test("an idle session goes by the end of its input, within a moment", async () => {
    const { session } = await openStub();
    const startMs = performance.now();
    expect(await session.end()).toMatchObject({ code: 0, reason: "ended", swept: 0 });
    expect(performance.now() - startMs).toBeLessThan(1_500);
  });

  test("a running turn is interrupted first, so that the transcript is saved", async () => {
    const { session, events, until } = await openStub();
    session.sendTurn({
      uuid: randomUUID(),
      text: stub({ deltas: 100, deltaMs: 100, text: "z".repeat(100) }),
    });
    await until("text_delta");
    expect(await session.end()).toMatchObject({ code: 0, reason: "ended" });
    expect(events.at(-1)).toMatchObject({ type: "turn_result", errorCode: "aborted" });
  });

  test("a turn that cannot be interrupted ends all the same", async () => {
    const { session, until } = await openStub({}, {}, {}, { clock: createHastyClock() });
    session.sendTurn({
      uuid: randomUUID(),
      text: stub({ fault: "hang-before-first-byte", ignoreInterrupt: true }),
    });
    await until("turn_started");
    // interrupt 2 s, stdin end 2 s, then SIGTERM
    expect(await session.end()).toMatchObject({ signal: "SIGTERM", reason: "ended" });
  }, 15_000);

  test("several calls share one ending, and the hastier one hastens it", async () => {
    const { session, until } = await openStub();
    session.sendTurn({
      uuid: randomUUID(),
      text: stub({ fault: "hang-before-first-byte", ignoreInterrupt: true }),
    });
    await until("turn_started");
    const startMs = performance.now();
    const exits = await Promise.all([session.end(), session.end(), session.end("now")]);
    expect(performance.now() - startMs).toBeLessThan(1_900);
    expect(new Set(exits).size).toBe(1);
    expect(exits[0]).toMatchObject({ signal: "SIGTERM" });
  });

  test("row 20: a process that ignores everything is killed, with all it has started", async () => {
    const { session, ask, descendants } = await openStub(
      { stubborn: true },
      {},
      {},
      { clock: createHastyClock() },
    );
    await ask(stub({ children: ["group", "setsid", "orphan"] }));
    expect(descendants()).toHaveLength(4);
    // "now": SIGTERM 2 s, then SIGKILL
    expect(await session.end("now")).toMatchObject({ signal: "SIGKILL", reason: "ended" });
    expect(descendants()).toEqual([]);
  }, 15_000);
});

describe("endChildren", () => {
  test("ends what the turn has started and keeps the process and what it had before", async () => {
    const { session, ask, until, descendants } = await openStub();
    await ask(stub({ children: ["setsid"] }));
    const kept = descendants();
    expect(kept).toHaveLength(2);
    const before = await ask(stub({ tools: [{ name: "Bash" }], children: [] }));
    expect(before.ok).toBe(true);
    session.sendTurn({
      uuid: randomUUID(),
      // The orphan first: the process in between has gone before the next one is started, so three are these three.
      text: stub({ tools: [{ name: "Bash", children: ["orphan", "setsid", "group"], ms: 60_000 }] }),
    });
    const after = (await until("turn_result")).numTurns;
    expect(after).toBe(1);
    while (descendants().length < kept.length + 3) await new Promise((resolve) => setTimeout(resolve, 20));
    await session.interrupt();
    expect(await session.endChildren()).toBe(3);
    expect(descendants().sort()).toEqual(kept.sort());
    expect((await session.end()).swept).toBe(1);
    expect(descendants()).toEqual([]);
  });

  test("does nothing after a turn without tools", async () => {
    const { session, ask, descendants } = await openStub();
    await ask(stub({ children: ["setsid"] }));
    expect(await session.endChildren()).toBe(0);
    expect(descendants()).toHaveLength(2);
    await session.end();
  });
});
