import { expect, test } from "vitest";
import { startCore } from "./test-core.ts";

const CHAT = { botId: "cli", chatId: "main", threadId: "" };

test("a persona stands before all else that the CLI is told; the narrowest one counts", async () => {
  const t = await startCore();
  t.core.policies.set({}, "persona", "You are plain.", "owner");
  t.core.policies.set({ botId: "cli" }, "persona", "You are Ada's gardener.", "owner");
  await t.ask("hello");
  await t.ask("hello", { botId: "other", chatId: "main" });
  expect(t.driver.launches.map(({ appendSystemPrompt }) => appendSystemPrompt)).toEqual([
    expect.stringMatching(/^You are Ada's gardener\.\n\nFiles that/),
    expect.stringMatching(/^You are plain\.\n\nFiles that/),
  ]);
});

test("a persona that changes reaches a warm session with its next turn, in the same conversation, and no other bot's", async () => {
  const t = await startCore();
  await t.ask("hello");
  await t.ask("hello", { botId: "other" });
  const before = t.core.chats.status(CHAT).conversation?.id;
  t.core.policies.set({ botId: "cli" }, "persona", "You are terse.", "owner");
  await t.ask("and now?");
  await t.ask("and now?", { botId: "other" });
  expect(t.driver.launches).toHaveLength(3);
  expect(t.driver.launches[2]).toMatchObject({ resume: true });
  expect(t.driver.launches[2]?.appendSystemPrompt).toMatch(/^You are terse\./);
  expect(t.core.chats.status(CHAT).conversation?.id).toBe(before);
});

test("without one nothing is added, and what is longer than a page is refused", async () => {
  const t = await startCore();
  await t.ask("hello");
  expect(t.driver.launches[0]?.appendSystemPrompt).toMatch(/^Files that/);
  expect(() => t.core.policies.set({}, "persona", "x".repeat(8_001), "owner")).toThrow();
});
