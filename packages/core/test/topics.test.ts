import { expect, test } from "vitest";
import { pair, promptUpdate, startCore, type TestCore } from "./test-core.ts";

const BOT = "123";
const TOPIC = { botId: BOT, chatId: "42", threadId: "9" };
const ask = async (t: TestCore, text: string): Promise<void> => {
  const chat = { id: "42", type: "private" as const, threadId: "9" };
  const [result] = t.core.inbox.accept(BOT, [promptUpdate(text, { chat })]).results;
  await t.core.turns.waitForEnd(result?.turnId ?? "");
};
const start = async (): Promise<TestCore> => {
  const t = await startCore();
  pair(t.core, BOT, "42");
  return t;
};

test("a topic that nobody has named is called after its first question, once", async () => {
  const t = await start();
  t.core.topics.note(TOPIC, { name: "New Chat", isDefault: true });
  expect(t.core.topics.title(TOPIC)).toBeNull();
  await ask(t, "Why does the build fail on the second machine but not on the first one?\nHere is the log");
  expect(t.core.topics.title(TOPIC)).toBe("Why does the build fail on the second machine b…");
  expect(t.core.topics.title(TOPIC)).toBeNull();
});

test("a name that a person has chosen stays, before and after the first answer", async () => {
  const t = await start();
  t.core.topics.note(TOPIC, { name: "Builds", isDefault: false });
  await ask(t, "why?");
  expect(t.core.topics.title(TOPIC)).toBeNull();
  const other = { ...TOPIC, threadId: "" };
  t.core.topics.note(other, { name: "General", isDefault: true });
  expect(t.core.topics.title(other)).toBeNull();
});

test("a rename by a person while the first answer is on its way counts, and so does the policy", async () => {
  const t = await start();
  t.core.topics.note(TOPIC, { name: "New Chat", isDefault: true });
  await ask(t, "why?");
  t.core.policies.set({ botId: BOT }, "topicTitles", false, "owner");
  expect(t.core.topics.title(TOPIC)).toBeNull();
  t.core.policies.set({ botId: BOT }, "topicTitles", true, "owner");
  t.core.topics.note(TOPIC, { name: "Mine", isDefault: false });
  expect(t.core.topics.title(TOPIC)).toBeNull();
});

test("a topic of which nothing is known keeps its name", async () => {
  const t = await start();
  await ask(t, "why?");
  expect(t.core.topics.title(TOPIC)).toBeNull();
});
