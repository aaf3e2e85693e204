import { describe, expect, test } from "vitest";
import { createHostRules, mayLeadTo } from "./host-rules.ts";

describe("which hosts are permitted", () => {
  test.each<[rule: string, host: string, port: number, expected: "exact" | "pattern" | null]>([
    ["example.com", "example.com", 443, "exact"],
    ["example.com", "EXAMPLE.com.", 80, "exact"],
    ["example.com", "example.com", 22, null],
    ["example.com", "a.example.com", 443, null],
    ["example.com", "example.com.evil.org", 443, null],
    ["example.com:8443", "example.com", 8443, "exact"],
    ["example.com:8443", "example.com", 443, null],
    ["*.example.com", "a.b.example.com", 443, "pattern"],
    ["*.example.com", "example.com", 443, null],
    ["*.example.com", "evilexample.com", 443, null],
    ["*", "anything.org", 443, "pattern"],
    ["*", "anything.org", 25, null],
    ["[::1]:9000", "[::1]", 9000, "exact"],
    ["*.0.0.1", "127.0.0.1", 80, null],
  ])("%s, asked for %s:%i: %s", (rule, host, port, expected) => {
    expect(createHostRules([rule]).match(host, port)).toBe(expected);
  });

  test("nothing is permitted by an empty list", () => {
    const rules = createHostRules([]);
    expect(rules.isEmpty).toBe(true);
    expect(rules.match("example.com", 443)).toBeNull();
  });
});

describe("where a permitted name may lead", () => {
  test.each<[address: string, how: "exact" | "pattern", host: string, expected: boolean]>([
    ["93.184.216.34", "pattern", "example.com", true],
    ["127.0.0.1", "pattern", "rebound.example.com", false],
    ["127.0.0.1", "exact", "rebound.example.com", false],
    ["::ffff:127.0.0.1", "exact", "rebound.example.com", false],
    ["169.254.169.254", "exact", "metadata.example.com", false],
    ["::1", "exact", "rebound.example.com", false],
    ["fe80::1", "exact", "rebound.example.com", false],
    ["10.1.2.3", "exact", "build.corp", true],
    ["10.1.2.3", "pattern", "build.corp", false],
    ["fd00::1", "pattern", "build.corp", false],
    ["127.0.0.1", "exact", "127.0.0.1", true],
    ["127.0.0.1", "exact", "localhost", true],
    ["127.0.0.1", "pattern", "127.0.0.1", false],
  ])("%s, %s match of %s: %s", (address, how, host, expected) => {
    expect(mayLeadTo(address, how, host)).toBe(expected);
  });
});
