import fc from "fast-check";
import { describe, test } from "vitest";
import { RandomWorld, type Step } from "./random-lives/random-world.ts";

const chat = fc.nat({ max: 3 });
const pick = fc.nat({ max: 20 });

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant("submit" as const), chat, deliver: fc.boolean() }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant("cli" as const),
      turn: pick,
      move: fc.constantFrom(
        "answer",
        "answer",
        "answer",
        "delta",
        "tool",
        "tool",
        "finish_tool",
        "crash",
        "exit_0",
        "kill",
        "no_answer",
        "api_error",
        "usage_limit",
        "unasked",
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("stop" as const), chat }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("release" as const),
      chat,
      action: fc.constantFrom("run", "drop"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("new" as const), chat }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("withdraw" as const), turn: pick }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      // Around every limit: interrupt 2 s, memory 5 s, ending 17 s, sweep 30 s, first event 60 s, silences 300 and 900 s.
      ms: fc.constantFrom(1, 500, 2_000, 5_000, 17_000, 31_000, 61_000, 301_000, 901_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("memory" as const), freeMb: fc.constantFrom(64, 4_096) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("fail_start" as const), how: pick }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("stubborn" as const),
      interrupts: fc.boolean(),
      ends: fc.boolean(),
      silent: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("slow_starts" as const), hold: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("idle_policy" as const),
      chat,
      ms: fc.constantFrom(10_000, 1_000_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("panic" as const), on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reboot" as const), farewell: fc.boolean() }) },
);

/** `STEWARD_SEED` replays a run: the failure names its seed. `STEWARD_RUNS` makes it longer. */
const seed = process.env.STEWARD_SEED;
const numRuns = Number(process.env.STEWARD_RUNS ?? 100);

describe("any life of the service", () => {
  test("settles every accepted turn exactly once, forgets none, leaks no place and no process", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 60 }), async (life) => {
        const world = new RandomWorld();
        try {
          await world.start();
          for (const step of life) await world.take(step);
          await world.comeToRest();
          await world.assertOracle();
        } finally {
          world.close();
        }
      }),
      { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }) },
    );
  }, 600_000);
});
