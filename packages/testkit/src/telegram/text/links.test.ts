import { expect, test } from "vitest";
import { linkProblem } from "./links.ts";

test.each([
  "https://example.org/a?b=c#d",
  "http://user@example.org:8080",
  "example.org/path",
  "http://[::1]:3000/",
  "http://127.0.0.1:8000",
  "tg://user?id=1",
])("%s survives", (url) => {
  expect(linkProblem(url)).toBeUndefined();
});

test.each([
  ["http://localhost:3000", "Wrong HTTP URL"],
  ["README", "Wrong HTTP URL"],
  ["ftp://example.org", "Unsupported URL protocol"],
  ["mailto:a@example.org", "Unsupported URL protocol"],
  ["tel:+4912345", "Unsupported URL protocol"],
  ["javascript:alert(1)", "Unsupported URL protocol"],
  ["http://", "Disallowed character in URL host"],
  ["", "URL host is empty"],
])("%s does not: %s", (url, problem) => {
  expect(linkProblem(url)).toBe(problem);
});
