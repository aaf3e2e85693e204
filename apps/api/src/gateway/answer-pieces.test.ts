import { gatewayStreamEventSchema } from "@steward/contract/gateway";
import { applyText } from "@steward/contract/turn-events";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createAnswerPieces, LONGEST_LINE_BYTES, LONGEST_PIECE } from "./answer-pieces.ts";

/** What a client that appends `text` and takes `done` as the last word ends up with. */
const show = (lines: readonly string[]): { text: string; pieces: string[] } => {
  let text = "";
  const pieces: string[] = [];
  for (const line of lines) {
    expect(line).toMatch(/^data: [^\n]*\n\n$/);
    expect(Buffer.byteLength(line)).toBeLessThan(LONGEST_LINE_BYTES);
    const event = gatewayStreamEventSchema.parse(JSON.parse(line.slice(6)));
    if (event.type === "text") {
      pieces.push(event.content);
      text += event.content;
    }
    if (event.type === "done") text = event.content;
  }
  return { text, pieces };
};

const run = (events: { offset: number; text: string }[], final: string) => {
  const lines: string[] = [];
  const pieces = createAnswerPieces((line) => lines.push(line));
  for (const event of events) pieces.text(event);
  pieces.end(final);
  return { lines, ...show(lines) };
};

describe("a growing answer for a client that can only append", () => {
  test("is sent piece by piece, `done` last", () => {
    const { lines } = run(
      [
        { offset: 0, text: "Hel" },
        { offset: 3, text: "lo" },
      ],
      "Hello",
    );
    expect(lines).toEqual([
      'data: {"type":"text","content":"Hel"}\n\n',
      'data: {"type":"text","content":"lo"}\n\n',
      'data: {"type":"done","content":"Hello"}\n\n',
    ]);
  });

  test("that is empty still ends with `done`: without it the client would run the prompt again", () => {
    expect(run([], "").lines).toEqual(['data: {"type":"done","content":""}\n\n']);
  });

  test("is not repeated when a block confirms its deltas", () => {
    const { text, pieces } = run(
      [
        { offset: 0, text: "Hello" },
        { offset: 0, text: "Hello" },
        { offset: 5, text: "!" },
      ],
      "Hello!",
    );
    expect(pieces).toEqual(["Hello", "!"]);
    expect(text).toBe("Hello!");
  });

  test("waits where it was rewritten, and goes on when it agrees with what was sent again", () => {
    const { pieces } = run(
      [
        { offset: 0, text: "Hello" },
        { offset: 0, text: "" },
        { offset: 0, text: "Hel" },
        { offset: 3, text: "lo world" },
      ],
      "Hello world",
    );
    expect(pieces).toEqual(["Hello", " world"]);
  });

  test("that was rewritten for good is put right by `done`", () => {
    expect(
      run(
        [
          { offset: 0, text: "Wrong" },
          { offset: 0, text: "Right" },
        ],
        "Right",
      ).text,
    ).toBe("Right");
  });

  test("never ends a piece inside a character", () => {
    const half = "🎉".slice(0, 1);
    const other = "🎉".slice(1);
    const { pieces } = run(
      [
        { offset: 0, text: `a${half}` },
        { offset: 2, text: `${other}b` },
      ],
      "a🎉b",
    );
    expect(pieces).toEqual(["a", "🎉b"]);
    const long = run([{ offset: 0, text: `x${"🎉".repeat(LONGEST_PIECE)}` }], "end");
    for (const piece of long.pieces) {
      expect(Buffer.from(piece).toString()).toBe(piece);
      expect(piece.length).toBeLessThanOrEqual(LONGEST_PIECE);
    }
  });
});

describe("an answer too long for one line", () => {
  const long = "line of text\n".repeat(10_000);

  test("ends as text, without `done`", () => {
    const { lines, text } = run([{ offset: 0, text: long }], long);
    expect(text).toBe(long);
    expect(lines.some((line) => line.includes('"done"'))).toBe(false);
  });

  test("is sent whole at the end when nothing of it streamed", () => {
    expect(run([], long).text).toBe(long);
  });

  test("ends with the answer when other text came before it", () => {
    const events = [
      { offset: 0, text: "Let me look.\n\n" },
      { offset: 14, text: long.slice(0, 500) },
      { offset: 514, text: long.slice(500) },
    ];
    expect(run(events, long).text).toBe(`Let me look.\n\n${long}`);
  });

  test("follows what was sent when that turned out wrong", () => {
    const events = [
      { offset: 0, text: "Wrong" },
      { offset: 0, text: long },
    ];
    expect(run(events, long).text).toBe(`Wrong\n\n${long}`);
  });
});

test("whatever streams and however it is rewritten, the client ends with the answer and no line is too long", () => {
  const unit = fc.constantFrom("a", "\n", "\u0000", '"', "é", "你", "🎉", "\u2028");
  const event = fc.record({ offset: fc.nat(60), text: fc.string({ unit, maxLength: 30 }) });
  const final = fc.oneof(
    fc.string({ unit, maxLength: 100 }),
    fc.string({ unit, minLength: 1, maxLength: 3 }).map((text) => text.repeat(20_000)),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 12 }), final, (events, answer) => {
      // As the log does: an offset never lies behind the end.
      let text = "";
      const valid = events.map(({ offset, text: piece }) => {
        const at = { offset: Math.min(offset, text.length), text: piece };
        text = applyText(text, at);
        return at;
      });
      expect(run(valid, answer).text.endsWith(answer)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
