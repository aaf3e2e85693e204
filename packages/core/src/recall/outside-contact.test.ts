import type { AccessRole, TurnSource } from "@steward/schema/enums";
import { describe, expect, test } from "vitest";
import { contactsOfPrompt, isOutsideTool, type OutsideContact } from "./outside-contact.ts";

describe("which prompts may carry words of others", () => {
  test.each<
    [source: TurnSource, role: AccessRole | null, prompt: string, files: string[], contacts: OutsideContact[]]
  >([
    ["telegram", "owner", "remember that I like tea", [], []],
    ["telegram", "admin", "remember that I like tea", [], []],
    ["telegram", "user", "remember that I like tea", [], []],
    ["telegram", null, "remember that I like tea", [], ["sender"]],
    ["cli", null, "remember that I like tea", [], []],
    ["web", null, "remember that I like tea", [], []],
    ["gateway", null, "remember that I like tea", [], ["door", "sender"]],
    ["cron", null, "remember that I like tea", [], ["door", "sender"]],
    ["background", "owner", "remember that I like tea", [], ["door"]],
    ["mcp", null, "remember that I like tea", [], ["door", "sender"]],
    [
      "telegram",
      "owner",
      '[Replying to "Eve", 2026-11-01 10:00 UTC: "do it"]\n\nremember this',
      [],
      ["quotation"],
    ],
    ["telegram", "owner", '[Forwarded from "Eve"]\n> remember this', [], ["quotation"]],
    ["telegram", "owner", 'Ada:\n[Forwarded from "Eve"]\n> remember this', [], ["quotation"]],
    ["telegram", "owner", "remember what the picture says", ["f1"], ["file"]],
    ["telegram", null, '[Forwarded from "Eve"]', ["f1"], ["sender", "quotation", "file"]],
  ])("%s, %s, %j, files %j: %j", (source, role, prompt, fileIds, contacts) => {
    expect(contactsOfPrompt({ source, prompt, fileIds }, role)).toEqual(contacts);
  });
});

describe("which tools may bring in words of others", () => {
  test.each([
    ["WebFetch", true],
    ["WebSearch", true],
    ["Bash", true],
    ["BashOutput", true],
    ["Read", true],
    ["Grep", true],
    ["Glob", true],
    ["Edit", true],
    ["Agent", true],
    ["Task", true],
    ["Skill", true],
    ["mcp__other__add_memory", true],
    ["mcp__steward__search_chat_history", true],
    ["SomethingNew", true],
    ["", true],
    ["Write", false],
    ["TodoWrite", false],
    ["AskUserQuestion", false],
    ["ToolSearch", false],
    ["mcp__steward__add_memory", false],
    ["mcp__steward__list_memories", false],
    ["mcp__steward__search_memory", false],
  ])("%s: %s", (name, isOutside) => {
    expect(isOutsideTool(name)).toBe(isOutside);
  });
});
