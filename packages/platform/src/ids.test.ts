import { describe, expect, test } from "vitest";
import { createIds, createSequentialIds, PAIRING_ALPHABET } from "./ids.ts";

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("uuid7", () => {
  test("carries the clock's time in its first 48 bits", () => {
    const nowMs = Date.UTC(2026, 10, 20);
    const id = createIds({ now: () => nowMs }).uuid7();
    expect(id).toMatch(UUID7);
    expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(nowMs);
  });

  test("strictly increases within one millisecond, beyond the counter's range", () => {
    const ids = createIds({ now: () => 1_700_000_000_000 });
    const made = Array.from({ length: 10_000 }, () => ids.uuid7());
    expect(made).toEqual([...made].sort());
    expect(new Set(made).size).toBe(made.length);
    expect(made.every((id) => UUID7.test(id))).toBe(true);
  });

  test("still increases when the clock steps back", () => {
    const times = [5_000_000, 1_000_000, 1_000_001];
    const ids = createIds({ now: () => times.shift() ?? 0 });
    const made = [ids.uuid7(), ids.uuid7(), ids.uuid7()];
    expect(made).toEqual([...made].sort());
  });
});

describe("tokens and pairing codes", () => {
  test("a token is base64url of the asked number of bytes", () => {
    const token = createIds().token(32);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
  });

  test("a pairing code uses every character of the alphabet about equally often", () => {
    const ids = createIds();
    const counts = new Map<string, number>();
    for (let index = 0; index < 6_000; index++) {
      const code = ids.pairingCode();
      expect(code).toHaveLength(8);
      for (const character of code) counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect([...counts.keys()].sort().join("")).toBe([...PAIRING_ALPHABET].sort().join(""));
    const expected = 48_000 / PAIRING_ALPHABET.length;
    // Six standard deviations of a binomial count: a fair draw fails about once in 10^7 runs.
    const slack = 6 * Math.sqrt(expected);
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(slack);
  });

  test("the alphabet has no look-alikes", () => {
    expect(PAIRING_ALPHABET).not.toMatch(/[0OI1L2Z5S8BU]/);
  });
});

describe("sequential ids", () => {
  test("are valid, distinct, ordered and the same in every run", () => {
    const first = createSequentialIds();
    const second = createSequentialIds();
    const made = [first.uuid7(), first.uuid7(), first.uuid7()];
    expect(made).toEqual([second.uuid7(), second.uuid7(), second.uuid7()]);
    expect(made).toEqual([...made].sort());
    expect(made.every((id) => UUID7.test(id))).toBe(true);
    expect(first.uuid4()).toMatch(UUID4);
    expect(first.token(32)).toMatch(/^[\w-]{43}$/);
    expect(first.token(32)).not.toBe(first.token(32));
    expect(first.pairingCode()).toMatch(new RegExp(`^[${PAIRING_ALPHABET}]{8}$`));
  });

  test("start from the seed", () => {
    expect(createSequentialIds(255).uuid7()).toBe("00000000-0000-7000-8000-0000000000ff");
  });
});
