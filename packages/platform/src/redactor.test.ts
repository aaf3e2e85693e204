import { describe, expect, test } from "vitest";
import { createRedactor } from "./redactor.ts";

const CANARY = 'c4nary"with\\odd\ncharacters/+=';

describe("redact", () => {
  test.each([
    ["a Bot API address", "GET https://api.telegram.org/bot123456:AAcanary-x_y/getMe failed", "canary"],
    ["an address under another root", "http://10.0.0.1:8081/files/bot123456:AAcanary/a.jpg", "canary"],
    ["an encoded bot token", "/bot123456%3AAAcanary/getMe", "canary"],
    ["a bare bot token", "token 1234567:AAHcanarycanarycanarycanarycanary0 used", "canary"],
    ["a bearer header", "authorization: Bearer canary.canary-canary", "canary"],
    ["a basic header", "Authorization: basic Y2FuYXJ5OmNhbmFyeQ==", "Y2FuYXJ5"],
    ["an API key", "key sk-ant-api03-canary_canary-AA", "canary"],
    ["user information in an address", "http://steward:canarycanary@127.0.0.1:8000/api", "canary"],
  ])("masks %s without being told the secret", (_what, text, canary) => {
    const redacted = createRedactor().redact(text);
    expect(redacted).toContain("[redacted]");
    expect(redacted).not.toContain(canary);
  });

  test("masks registered secrets plain, URL-encoded and JSON-escaped", () => {
    const redactor = createRedactor([CANARY]);
    for (const form of [CANARY, encodeURIComponent(CANARY), JSON.stringify({ x: CANARY })]) {
      expect(redactor.redact(`before ${form} after`)).not.toContain("c4nary");
    }
  });

  test("masks the longer of two overlapping secrets whole", () => {
    expect(createRedactor(["abcdef", "abcdefghij"]).redact("<abcdefghij>")).toBe("<[redacted]>");
  });

  test("ignores secrets too short to be secrets, so that the text stays readable", () => {
    expect(createRedactor(["", "a", "info"]).redact("a piece of info")).toBe("a piece of info");
  });

  test("leaves ordinary text alone", () => {
    const text = "at 12:30 the bot 42 answered https://example.org/bots?x=1:2 in 300 ms";
    expect(createRedactor(["something-else"]).redact(text)).toBe(text);
  });

  test("a secret added later is masked from then on", () => {
    const redactor = createRedactor();
    redactor.add("learnt-later");
    expect(redactor.redact("x learnt-later y")).toBe("x [redacted] y");
  });
});

describe("redactValue", () => {
  const secret = "canary-canary";
  const redactor = createRedactor([secret, "987654321"]);

  test("reaches keys, nested values, arrays, maps, sets, URLs, errors, causes and own error fields", () => {
    const error = Object.assign(new Error(`message ${secret}`, { cause: new Error(`cause ${secret}`) }), {
      code: "E",
      config: { url: `http://x/${secret}` },
    });
    const value = redactor.redactValue({
      [secret]: 1,
      nested: [{ deep: new Map([[secret, new Set([secret])]]) }],
      url: new URL(`http://host/${secret}`),
      json: { toJSON: () => ({ inside: secret }) },
      error,
      number: 987654321,
      big: 987654321n,
      symbol: Symbol(secret),
    });
    const text = JSON.stringify(value);
    expect(text).not.toContain(secret);
    expect(text).not.toContain("987654321");
    expect(value).toMatchObject({ error: { type: "Error", message: "message [redacted]", code: "E" } });
  });

  test("keeps plain values as they are", () => {
    expect(redactor.redactValue({ a: 1, b: true, c: null, d: undefined, e: [0.5] })).toEqual({
      a: 1,
      b: true,
      c: null,
      d: undefined,
      e: [0.5],
    });
  });

  test("ends on circular and endlessly deep values", () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    expect(redactor.redactValue(circular)).toEqual({ self: "[circular]" });
    let deep: unknown = secret;
    for (let level = 0; level < 1_000; level++) deep = { deep };
    expect(JSON.stringify(redactor.redactValue(deep))).toContain("[too deep]");
  });

  test("does not print binary content", () => {
    expect(redactor.redactValue(Buffer.from(secret))).toBe("[13 bytes]");
  });
});
