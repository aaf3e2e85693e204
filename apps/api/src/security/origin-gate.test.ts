import { describe, expect, test } from "vitest";
import { isOwnOrigin } from "./origin-gate.ts";

const host = "localhost:8000";

describe("what a browser says about where a request comes from", () => {
  test.each([
    ["POST", undefined, undefined],
    ["GET", undefined, undefined],
    ["POST", "http://localhost:8000", "same-origin"],
    ["POST", "http://localhost:8000", undefined],
    ["POST", "https://localhost:8000", "same-origin"],
    ["GET", undefined, "none"],
    ["HEAD", undefined, "none"],
    ["GET", undefined, "same-origin"],
  ])("%s from %s (%s) is ours", (method, origin, site) => {
    expect(isOwnOrigin({ origin, site, host }, method)).toBe(true);
  });

  test.each([
    ["POST", "http://evil.example", "cross-site"],
    ["GET", "http://evil.example", undefined],
    ["GET", undefined, "cross-site"],
    // another port of this machine is another program
    ["POST", "http://localhost:3000", "same-site"],
    ["GET", undefined, "same-site"],
    ["POST", "http://localhost:3000", undefined],
    // one of the two headers in order does not make up for the other
    ["POST", "http://evil.example", "same-origin"],
    ["POST", "http://localhost:8000", "cross-site"],
    ["POST", "null", undefined],
    ["POST", "", undefined],
    ["POST", "http://localhost:8000.evil.example", undefined],
    ["POST", "http://evil.example/http://localhost:8000", undefined],
    ["POST", undefined, "none"],
    ["DELETE", undefined, "none"],
    ["POST", undefined, "something-new"],
  ])("%s from %s (%s) is not", (method, origin, site) => {
    expect(isOwnOrigin({ origin, site, host }, method)).toBe(false);
  });
});
