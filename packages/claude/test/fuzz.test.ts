import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openReplay } from "./replay.ts";

// Small here; `STEWARD_FUZZ_RUNS` sets the size of a drill.
// A failure prints its seed; `STEWARD_FUZZ_SEED` replays it.
const seed = process.env.STEWARD_FUZZ_SEED;
const numRuns = Number(process.env.STEWARD_FUZZ_RUNS ?? 400);

const folder = fileURLToPath(new URL("./corpus/", import.meta.url));
const lines = readdirSync(folder)
  .filter((name) => name.endsWith(".jsonl"))
  .flatMap((name) => readFileSync(`${folder}${name}`, "utf8").trim().split("\n"));

const RESULT = Buffer.from('\n{"type":"result","subtype":"success","is_error":false,"result":"the end"}\n');

const recordedLine = fc.constantFrom(...lines).map((line) => Buffer.from(`${line}\n`));
const noise = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
const json = fc.json().map((text) => Buffer.from(`${text}\n`));
const oddMessage = fc
  .record({
    type: fc.constantFrom(
      "assistant",
      "user",
      "system",
      "stream_event",
      "result",
      "control_request",
      "control_response",
      "tool_progress",
      "rate_limit_event",
    ),
    subtype: fc.oneof(fc.constantFrom("init", "success", "api_retry", "task_started"), fc.anything()),
    message: fc.anything(),
    event: fc.anything(),
    request: fc.anything(),
    response: fc.anything(),
    rate_limit_info: fc.anything(),
    request_id: fc.anything(),
    uuid: fc.anything(),
    isReplay: fc.anything(),
  })
  .map((message) =>
    Buffer.from(
      `${JSON.stringify(message, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value))}\n`,
    ),
  );
const damaged = fc
  .tuple(
    recordedLine,
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 }),
  )
  .map(([line, changes]) => {
    const copy = Buffer.from(line);
    for (const [at, byte] of changes) copy[at % copy.length] = byte;
    return copy;
  });

test(
  "row 16: no output makes the session throw, lose the next result or invent malformed events",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(recordedLine, damaged, noise, json, oddMessage), { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 10 }),
        async (pieces, rawCuts) => {
          const { session, process, events } = await openReplay();
          const output = Buffer.concat([...pieces, RESULT]);
          const cuts = rawCuts.map((cut) => cut % output.length).sort((a, b) => a - b);
          let from = 0;
          for (const cut of [...cuts, output.length]) {
            process.stdout(output.subarray(from, cut));
            from = cut;
          }
          expect(events.at(-1)).toMatchObject({ type: "turn_result", text: "the end" });
          for (const event of events) {
            expect(event.type).toMatch(/^[a-z_]+$/);
            if ("text" in event) expect(typeof event.text).toBe("string");
            if ("toolUseId" in event && event.toolUseId !== null)
              expect(typeof event.toolUseId).toBe("string");
            if ("durationMs" in event) expect(event.durationMs).toBeGreaterThanOrEqual(0);
          }
          process.exit();
          await session.exited;
        },
      ),
      { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }) },
    );
  },
  30_000 + numRuns * 20,
);
