import { describe, expect, test } from "vitest";
import { pair, promptUpdate, startCore, type TestCore } from "./test-core.ts";

const BOT = "123";
const CHAT = { botId: BOT, chatId: "42", threadId: "" };
const BY = { userId: "42", userName: "Ada" };
const PLAN = "1. build\n2. ship\n\n**[HARNESS_EXEC_READY]**";
const HOUR_MS = 3_600_000;

const start = async (): Promise<TestCore> => {
  const t = await startCore();
  pair(t.core, BOT, "42");
  t.driver.script = (turn) => turn.answer(turn.text.startsWith("plan") ? PLAN : `did: ${turn.text}`);
  return t;
};
let nextMessageId = 1;
const ask = async (t: TestCore, text: string): Promise<string> => {
  const update = promptUpdate(text, { messageId: nextMessageId++ });
  const turnId = t.core.inbox.accept(BOT, [update]).results[0]?.turnId ?? "";
  await t.core.turns.waitForEnd(turnId);
  return turnId;
};
const sent = (t: TestCore): string[] =>
  t.driver.sessions.flatMap((session) => session.turns.map(({ text }) => text));
const EXECUTION = expect.stringMatching(/^Resume the harness-loop\. The plan has been confirmed\./);

describe("an answer that is a plan", () => {
  test("is shown without its mark, and asks", async () => {
    const t = await start();
    const turnId = await ask(t, "plan it");
    const [answer] = t.core.deliveries.open(BOT);
    expect(answer).toMatchObject({ turnId, kind: "answer", actions: ["confirm_plan", "revise_plan"] });
    expect(answer?.text).toMatch(/^1\. build\n2\. ship\n\n📋 Shall I carry this out\?/);
    expect(t.core.history.messages(`gw-${BOT}-42`, 0)?.at(-1)?.content).not.toContain("HARNESS");
  });

  test("keeps its mark for those who read it themselves", async () => {
    const t = await start();
    expect((await t.ask("plan it")).text).toBe(PLAN);
  });

  test.each(["go ahead", " OK ", "确认", "没问题"])("is carried out once by the word %j", async (word) => {
    const t = await start();
    await ask(t, "plan it");
    await ask(t, word);
    await ask(t, word);
    expect(sent(t)).toEqual(["plan it", EXECUTION, word]);
    expect(() => t.core.plans.confirm(CHAT, BY)).toThrow("No such plan");
  });

  test("is carried out once by the button, whatever is pressed or written later", async () => {
    const t = await start();
    const plan = await ask(t, "plan it");
    const { turnId } = t.core.plans.confirm(CHAT, BY, plan);
    expect(() => t.core.plans.confirm(CHAT, BY, plan)).toThrow("No such plan");
    await t.core.turns.waitForEnd(turnId);
    await ask(t, "yes");
    expect(sent(t)).toEqual(["plan it", EXECUTION, "yes"]);
  });

  test("a word that is handed in twice, in one batch with others, starts one turn", async () => {
    const t = await start();
    await ask(t, "plan it");
    const batch = [promptUpdate("ok", { messageId: 900 }), promptUpdate("and hurry", { messageId: 901 })];
    t.core.inbox.accept(BOT, batch);
    const results = t.core.inbox.accept(BOT, batch).results;
    for (const { turnId } of results) await t.core.turns.waitForEnd(turnId ?? "");
    expect(sent(t)).toEqual(["plan it", expect.stringMatching(/^Resume[\s\S]*\n\nand hurry$/)]);
  });

  test("gives way to whatever else is written, and to a later plan", async () => {
    const t = await start();
    const first = await ask(t, "plan it");
    const second = await ask(t, "plan it without step 2");
    expect(() => t.core.plans.confirm(CHAT, BY, first)).toThrow("No such plan");
    await ask(t, "use less of everything");
    expect(() => t.core.plans.confirm(CHAT, BY, second)).toThrow("No such plan");
    await ask(t, "yes");
    expect(sent(t)).toEqual(["plan it", "plan it without step 2", "use less of everything", "yes"]);
  });

  test("expires after a day, and with its conversation", async () => {
    const t = await start();
    const plan = await ask(t, "plan it");
    await t.clock.advance(25 * HOUR_MS);
    expect(() => t.core.plans.confirm(CHAT, BY, plan)).toThrow("No such plan");
    await ask(t, "plan again");
    await t.core.chats.newConversation(CHAT);
    await ask(t, "go");
    expect(sent(t)).toEqual(["plan it", "plan again", "go"]);
  });

  test("waits over a restart, and in its own chat alone", async () => {
    const t = await start();
    const plan = await ask(t, "plan it");
    const after = await t.reboot();
    const other = { ...CHAT, threadId: "9" };
    expect(() => after.core.plans.confirm(other, BY, plan)).toThrow("No such plan");
    await ask(after, "start");
    expect(sent(after).at(-1)).toEqual(EXECUTION);
  });
});
