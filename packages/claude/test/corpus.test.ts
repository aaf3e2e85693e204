import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createJsonLineReader } from "@steward/platform/json-lines";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { replay } from "./replay.ts";

// What both pinned versions printed, from the handshake on, in the situations the files are named after: answered by
// a scripted model, ids and paths replaced, long texts cut.
const folder = fileURLToPath(new URL("./corpus/", import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
const load = (name: string): Buffer => readFileSync(`${folder}${name}`);

test("both versions are there", () => {
  expect(names.filter((name) => name.startsWith("2.1.197"))).toHaveLength(11);
  expect(names.filter((name) => name.startsWith("2.1.328"))).toHaveLength(11);
});

describe.each(names)("recorded output %s", (name) => {
  const output = load(name);

  test("decodes into these events", async () => {
    const events = await replay(output);
    const lines = events.map((event) => JSON.stringify(event)).join("\n");
    await expect(`${lines}\n`).toMatchFileSnapshot(`./corpus/events/${name}`);
  });

  test("has nothing unknown in it", async () => {
    const types = (await replay(output)).map((event) =>
      event.type === "unknown" ? event.rawType : event.type,
    );
    expect(types.filter((type) => /[^a-z_]/.test(type) || type === "bad_line")).toEqual([]);
  });

  test("row 17: gives the same events in whatever chunks it comes", async () => {
    const whole = await replay(output);
    const cuts = fc.uniqueArray(fc.integer({ min: 0, max: output.length }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(cuts, async (offsets) => {
        const chunked = await replay(
          output,
          offsets.sort((a, b) => a - b),
        );
        expect(chunked).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });

  test("row 17: gives the same lines split at every single byte, and byte by byte", () => {
    const read = (chunks: readonly Buffer[]): string => {
      const lines: string[] = [];
      const reader = createJsonLineReader({
        maxLineBytes: 1_048_576,
        onLine: (line) => void lines.push(line),
        onOversize: () => expect.unreachable(),
      });
      for (const chunk of chunks) reader.push(chunk);
      reader.end();
      return lines.join("\n");
    };
    // The lines that hold more than ASCII are where a split can hurt; the others are alike.
    const telling = Buffer.from(
      output
        .toString()
        .split("\n")
        .filter((line) => /[^\x20-\x7e]/.test(line))
        .slice(0, 12)
        .join("\n"),
    );
    const whole = read([telling]);
    for (let at = 0; at <= telling.length; at++) {
      if (read([telling.subarray(0, at), telling.subarray(at)]) !== whole)
        expect.unreachable(`split at ${at}`);
    }
    expect(read([...telling].map((byte) => Buffer.of(byte)))).toBe(whole);
  });
});
