import { expect, test } from "vitest";
import { safeLink } from "./safe-link.ts";

test.each([
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  " javascript:alert(1)",
  "java\nscript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:x",
  "file:///etc/passwd",
  "blob:http://127.0.0.1/x",
  "/api/v1/panic",
  "//evil.example",
  "settings",
  "",
  `https://example.org/${"a".repeat(3_000)}`,
])("is no link: %s", (url) => {
  expect(safeLink(url)).toBeNull();
});

test.each([
  ["https://example.org/a?b=c#d", "https://example.org/a?b=c#d"],
  ["http://127.0.0.1:3000/", "http://127.0.0.1:3000/"],
  ["mailto:ada@example.org", "mailto:ada@example.org"],
])("is a link: %s", (url, href) => {
  expect(safeLink(url)).toBe(href);
});
