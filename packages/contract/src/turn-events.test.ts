import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyText, formatEventId, mergeText, parseEventId, turnEventSchema } from "./turn-events.ts";

const textEvent = fc.record({ offset: fc.nat(40), text: fc.string({ unit: "binary", maxLength: 20 }) });
const turnId = "0190a5b0-7c3e-7000-8000-000000000001";

describe("applyText", () => {
  test("appends at the end and replaces what a block supersedes", () => {
    expect(applyText("Hello", { offset: 5, text: " world" })).toBe("Hello world");
    expect(applyText("Helo wrld", { offset: 0, text: "Hello" })).toBe("Hello");
  });

  test("applying an event twice changes nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), textEvent, (text, event) => {
        fc.pre(event.offset <= text.length);
        const once = applyText(text, event);
        expect(applyText(once, event)).toBe(once);
      }),
    );
  });

  test("a replay that starts anywhere before what was already seen ends in the same text", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), fc.nat(), (pieces, from) => {
        let offset = 0;
        const events = pieces.map((text) => {
          const event = { offset, text };
          offset += text.length;
          return event;
        });
        const full = events.reduce(applyText, "");
        expect(events.slice(from % events.length).reduce(applyText, full)).toBe(full);
      }),
    );
  });
});

test("mergeText has the effect of its two events", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 40 }), textEvent, textEvent, (text, first, second) => {
      expect(applyText(text, mergeText(first, second))).toBe(applyText(applyText(text, first), second));
    }),
  );
});

describe("event ids", () => {
  test("an id that was formatted is parsed back, for its own turn only", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), fc.nat(999_999_999), (own, other, n) => {
        expect(parseEventId(own, formatEventId(own, n))).toBe(n);
        if (own !== other) expect(parseEventId(other, formatEventId(own, n))).toBeNull();
      }),
    );
  });

  test.each([
    "",
    "garbage",
    turnId,
    `${turnId}:`,
    `${turnId}:-1`,
    `${turnId}:1.5`,
    `${turnId}:1:2`,
    `${turnId}:9999999999`,
    ` ${turnId}:1`,
    `${turnId}:1\n`,
  ])("garbage is not an id: %j", (id) => {
    expect(parseEventId(turnId, id)).toBeNull();
  });
});

test("an event of an unknown type is refused by the schema, so that a reader can skip it", () => {
  const base = { v: 1, turnId, at: 0 };
  expect(turnEventSchema.safeParse({ ...base, type: "compacting" }).success).toBe(true);
  expect(turnEventSchema.safeParse({ ...base, type: "from_the_future" }).success).toBe(false);
});
