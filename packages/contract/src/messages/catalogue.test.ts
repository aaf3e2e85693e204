import { LANGUAGES } from "@steward/schema/enums";
import { describe, expect, test } from "vitest";
import { languageOf, type MessageKey, translate, translateError } from "./catalogue.ts";
import { en } from "./en.ts";
import { zh } from "./zh.ts";

const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();
// The catalogue's type names exactly these keys.
const keys = Object.keys(en) as MessageKey[];

describe("the catalogues of both languages", () => {
  test("have the same keys", () => {
    expect(Object.keys(zh).sort()).toEqual([...keys].sort());
  });

  test.each(keys)("%s has the same placeholders, and text, in both", (key) => {
    expect(placeholders(zh[key])).toEqual(placeholders(en[key]));
    for (const language of LANGUAGES) expect(translate(language, key).trim()).not.toBe("");
  });

  test("the Chinese one is in Chinese", () => {
    const untranslated = keys.filter((key) => !/\p{Script=Han}/u.test(zh[key]));
    expect(untranslated).toEqual([]);
  });
});

test("placeholders are filled, missing ones left empty", () => {
  expect(translate("en", "error.low_memory", { freeMb: 12 })).toContain("12 MB free");
  expect(translate("en", "error.low_memory")).not.toContain("{");
});

test("a code without a sentence of its own is told as an internal error", () => {
  expect(translateError("en", "cli_exited")).toBe(en["error.cli_exited"]);
  expect(translateError("zh", "no_such_code")).toBe(zh["error.internal_error"]);
});

test.each([
  ["zh-hans", "zh"],
  ["ZH-TW", "zh"],
  ["en-GB", "en"],
  ["de", "en"],
  [undefined, "en"],
] as const)("language %s is told in %s", (tag, language) => {
  expect(languageOf(tag)).toBe(language);
});
