import { describe, expect, test } from "vitest";
import { createJsonLineReader } from "./json-lines.ts";

function read(chunks: readonly Uint8Array[], maxLineBytes = 1_000): { lines: string[]; oversize: number[] } {
  const lines: string[] = [];
  const oversize: number[] = [];
  const reader = createJsonLineReader({
    maxLineBytes,
    onLine: (text) => lines.push(text),
    onOversize: (bytes) => oversize.push(bytes),
  });
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return { lines, oversize };
}

const SAMPLE = Buffer.from(
  '{"a":"é 中文 👩‍👩‍👧 \u2028\u2029"}\r\n\n\uFEFF{"b":"\\ud83d"}\n  \n{"c":1}',
  "utf8",
);
const EXPECTED = ['{"a":"é 中文 👩‍👩‍👧 \u2028\u2029"}', '{"b":"\\ud83d"}', '{"c":1}'];

describe("json lines", () => {
  test("row 17: gives the same lines whatever byte the stream is split at", () => {
    for (let at = 0; at <= SAMPLE.length; at++) {
      expect(read([SAMPLE.subarray(0, at), SAMPLE.subarray(at)]).lines).toEqual(EXPECTED);
    }
  });

  test("gives the same lines byte by byte", () => {
    expect(read([...SAMPLE].map((byte) => Uint8Array.of(byte))).lines).toEqual(EXPECTED);
  });

  test("does not break lines at U+2028, U+2029 or a lone CR", () => {
    expect(read([Buffer.from('"\u2028\u2029\r"\n')]).lines).toEqual(['"\u2028\u2029\r"']);
  });

  test("row 15: drops a line over the cap, reports its whole length and goes on with the next", () => {
    const long = Buffer.alloc(25, "x");
    const chunks = [Buffer.from("ok1\n"), long, long, Buffer.from("\nok2\n")];
    expect(read(chunks, 40)).toEqual({ lines: ["ok1", "ok2"], oversize: [50] });
  });

  test("a line of exactly the cap passes", () => {
    expect(read([Buffer.from("x".repeat(40)), Buffer.from("\n")], 40).lines).toEqual(["x".repeat(40)]);
    expect(read([Buffer.from(`${"x".repeat(41)}\n`)], 40)).toEqual({ lines: [], oversize: [41] });
  });

  test("what is left at the end is a line, or an oversize one", () => {
    expect(read([Buffer.from("a\nhalf")]).lines).toEqual(["a", "half"]);
    expect(read([Buffer.alloc(50, "x")], 40).oversize).toEqual([50]);
    expect(read([]).lines).toEqual([]);
  });

  test("row 15: holds no more than the cap while an endless line runs", () => {
    const maxLineBytes = 2 * 1_048_576;
    const reader = createJsonLineReader({
      maxLineBytes,
      onLine: () => undefined,
      onOversize: () => undefined,
    });
    const chunk = Buffer.alloc(65_536, "x");
    const before = process.memoryUsage().arrayBuffers;
    for (let sent = 0; sent < 64 * 1_048_576; sent += chunk.length) reader.push(chunk);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(3 * maxLineBytes);
  });
});
