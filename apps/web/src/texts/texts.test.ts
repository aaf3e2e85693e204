import { expect, test } from "vitest";
import { en } from "./en.ts";
import { sayFrom } from "./say.ts";
import { zh } from "./zh.ts";

const placeholders = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name = ""]) => name))].sort();

test("both languages have the same texts, none of them empty", () => {
  expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
  expect(Object.entries({ ...en }).filter(([, text]) => text.trim() === "")).toEqual([]);
  expect(Object.entries(zh).filter(([, text]) => text.trim() === "")).toEqual([]);
});

test("each text asks for the same in both languages", () => {
  const asked = (texts: Record<string, string>) =>
    Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, placeholders(text)]));
  expect(asked(zh)).toEqual(asked(en));
});

test("names are filled in, and words follow their number", () => {
  const say = sayFrom({ ...en, "chat.turns": "{count} {count|turn|turns}" });
  expect(say("chat.turns", { count: 1 })).toBe("1 turn");
  expect(say("chat.turns", { count: 3 })).toBe("3 turns");
  // What a person or an agent has written is no placeholder.
  expect(say("home.stop", { chat: "{count}" })).toBe("Stop {count}");
});
