import { expect, test } from "vitest";
import { readUrgency } from "./urgent-text.ts";

test.each([
  ["!look here", "look here", true],
  ["！看这里", "看这里", true],
  ["! two\nlines", "two\nlines", true],
  ["!!important", "!important", false],
  ["！！重要", "！重要", false],
  ["!", "!", false],
  ["!!!", "!!!", false],
  ["！！", "！！", false],
  ["! ", "! ", false],
  ["no! not this", "no! not this", false],
  ["", "", false],
  ["!!! really", "!!! really", false],
])("%j is %j, at once: %j", (written, text, interrupts) => {
  expect(readUrgency(written)).toEqual({ text, interrupts });
});
