import { createFakeClock } from "@steward/platform/clock";
import { describe, expect, test } from "vitest";
import { createFailureLimit } from "./failure-limit.ts";
import { createTokenGate } from "./token-gate.ts";

const TOKEN = "abcdefghijklmnopqrstuvwxyz012345";
const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;
const gate = (clock = createFakeClock()) =>
  createTokenGate({ token: TOKEN, failures: createFailureLimit(clock) }).checkHeader;

describe("the token", () => {
  test.each([`Bearer ${TOKEN}`, `bearer  ${TOKEN}`, basic(`any:${TOKEN}`), basic(`:${TOKEN}`)])(
    "is accepted as %s",
    (header) => {
      expect(gate()(header)).toBe("valid");
    },
  );

  test.each([
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    `Bearer ${TOKEN.toUpperCase()}`,
    basic(`${TOKEN}:`),
    basic(`any:${TOKEN}:more`),
  ])("is wrong as %s", (header) => {
    expect(gate()(header)).toBe("wrong");
  });

  test.each([
    undefined,
    "",
    "Bearer",
    "Bearer ",
    TOKEN,
    `Digest ${TOKEN}`,
    basic(TOKEN),
    `Bearer a ${TOKEN}`,
  ])("is missing in %s", (header) => {
    expect(gate()(header)).toBe("missing");
  });

  test("guessing ten thousand times is limited, and never locks the right token out", () => {
    const check = gate();
    const verdicts = Array.from({ length: 10_000 }, (_, n) => {
      if (n % 100 === 0) expect(check(`Bearer ${TOKEN}`)).toBe("valid");
      return check(`Bearer guess-${n}`);
    });
    expect(verdicts.filter((verdict) => verdict === "wrong")).toHaveLength(20);
    expect(verdicts.filter((verdict) => verdict === "too_many")).toHaveLength(9_980);
  });

  test("a mistake is told as one again after a while", async () => {
    const clock = createFakeClock();
    const check = gate(clock);
    for (let n = 0; n < 30; n++) check("Bearer wrong");
    expect(check("Bearer wrong")).toBe("too_many");
    await clock.advance(60_000);
    expect(check("Bearer wrong")).toBe("wrong");
  });

  test("no token at all is not counted: it guesses nothing", () => {
    const check = gate();
    for (let n = 0; n < 1_000; n++) check(undefined);
    expect(check("Bearer wrong")).toBe("wrong");
  });
});
