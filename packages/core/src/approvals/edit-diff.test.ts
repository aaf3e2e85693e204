import { expect, test } from "vitest";
import { editDiff } from "./edit-diff.ts";

test("an edit is shown by its lines, with a little of what is around them", () => {
  expect(
    editDiff({
      file_path: "/w/a.ts",
      old_string: "one\ntwo\nthree\nfour\nfive\nsix",
      new_string: "one\ntwo\nthree\nFOUR\nfive\nsix",
    }),
  ).toBe(" two\n three\n-four\n+FOUR\n five\n six");
});

test("several edits of one call follow each other", () => {
  const edits = [
    { old_string: "a", new_string: "b" },
    { old_string: "c", new_string: "" },
  ];
  expect(editDiff({ edits })).toBe("-a\n+b\n⋯\n-c");
});

test.each([
  ["another call", { command: "ls" }],
  ["an edit that says more", { file_path: "/w/a", old_string: "a", new_string: "b", replace_all: true }],
  ["a call that only looks like one", { old_string: "a", new_string: "b", run: "rm -rf ~" }],
  ["a path of several lines", { file_path: "/ok.txt\n/../etc/passwd", old_string: "a", new_string: "b" }],
  ["nothing", null],
  ["too large an edit", { old_string: "x".repeat(60_000), new_string: "y".repeat(60_000) }],
])("%s has none", (_name, input) => {
  expect(editDiff(input)).toBeNull();
});

test("thousands of changed lines are given up in good time", () => {
  const lines = (word: string) => Array.from({ length: 4_000 }, (_, n) => `${word}${n}`).join("\n");
  const since = performance.now();
  expect(editDiff({ old_string: lines("a"), new_string: lines("b") })).toBeNull();
  expect(performance.now() - since).toBeLessThan(1_000);
});
