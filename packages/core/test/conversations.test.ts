import { beforeEach, describe, expect, test } from "vitest";
import { startCore, type TestCore, until } from "./test-core.ts";
import { createTestMachine, type TestMachine } from "./test-project.ts";

const chat = { botId: "cli", chatId: "main", threadId: "" };
let machine: TestMachine;
let t: TestCore;

beforeEach(async () => {
  machine = createTestMachine();
  t = await startCore({ surroundings: machine.surroundings, workspaces: machine.workspaces });
});

const list = () => t.core.conversations.list(chat, 50);
const currentId = () => t.core.chats.status(chat).conversation?.id ?? "";
/** Two conversations of one turn each; the second is current. */
const two = async () => {
  await t.ask("plant the beans");
  const first = currentId();
  await t.clock.advance(60_000);
  await t.core.chats.newConversation(chat);
  await t.ask("paint the fence");
  return { first, second: currentId() };
};

test("a chat's conversations carry the first prompt as their title, the latest first", async () => {
  const { first, second } = await two();
  expect(list()).toMatchObject([
    { id: second, title: "paint the fence", current: true, turns: 1, project: null },
    { id: first, title: "plant the beans", current: false, turns: 1, project: null },
  ]);
  expect(t.core.conversations.list(chat, 1)).toHaveLength(1);
  expect(t.core.conversations.list({ ...chat, chatId: "unknown" }, 50)).toEqual([]);
});

test("those in which nothing was said are left out, unless current", async () => {
  await two();
  await t.core.chats.newConversation(chat);
  await t.core.chats.newConversation(chat);
  expect(list()).toHaveLength(3);
});

describe("selecting an earlier one", () => {
  test("ends the process of the current one, and the next message resumes it, in its own directory", async () => {
    const notes = machine.directory("notes");
    await t.core.projects.add({ path: notes, force: false });
    await t.core.projects.choose(chat, { project: "notes", worktree: false });
    const { first } = await two();
    await t.core.projects.choose(chat, { project: null, worktree: false });
    await t.ask("at home");
    expect(await t.core.conversations.select(chat, first)).toMatchObject({
      id: first,
      current: true,
      cwd: notes,
      project: "notes",
    });
    expect(t.driver.sessions.every(({ alive }) => !alive)).toBe(true);
    await t.clock.advance(60_000);
    expect((await t.ask("go on")).conversationId).toBe(first);
    expect(t.driver.launches.at(-1)).toMatchObject({
      resume: true,
      cwd: notes,
      cliSessionId: t.driver.launches[0]?.cliSessionId,
    });
    expect(list()[0]).toMatchObject({ id: first, turns: 2, current: true });
  });

  test("survives a restart", async () => {
    const { first } = await two();
    await t.core.conversations.select(chat, first);
    const after = await t.reboot();
    expect((await after.ask("go on")).conversationId).toBe(first);
  });

  test("that is the current one changes nothing, not even its process", async () => {
    const { second } = await two();
    await t.core.conversations.select(chat, second);
    expect(t.driver.sessions[1]?.alive).toBe(true);
  });

  test("is refused while a turn runs or waits", async () => {
    const { first, second } = await two();
    t.driver.script = (turn) => turn.delta("working");
    const turnId = t.submit("long");
    await until(() => t.core.turns.get(turnId)?.text === "working", "the turn speaks");
    await expect(t.core.conversations.select(chat, first)).rejects.toMatchObject({ code: "chat_busy" });
    expect(currentId()).toBe(second);
    expect(t.core.turns.get(turnId)?.state).toBe("running");
    await t.core.stop(0);
  });

  test("whose directory is gone is refused before anything changes", async () => {
    await t.core.projects.add({ path: machine.directory("notes"), force: false });
    await t.core.projects.choose(chat, { project: "notes", worktree: false });
    const { first } = await two();
    await t.core.projects.choose(chat, { project: null, worktree: false });
    t.core.projects.remove("notes");
    const current = currentId();
    await expect(t.core.conversations.select(chat, first)).rejects.toMatchObject({ code: "project_removed" });
    expect(currentId()).toBe(current);
  });

  test("of another chat is refused as unknown; so is renaming it", async () => {
    await t.ask("mine");
    const mine = currentId();
    const theirs = { ...chat, chatId: "other" };
    await t.ask("theirs", theirs);
    await expect(t.core.conversations.select(theirs, mine)).rejects.toMatchObject({
      code: "conversation_not_found",
    });
    expect(() => t.core.conversations.rename(theirs, mine, "stolen")).toThrow("no such conversation");
    expect(list()[0]?.title).toBe("mine");
  });
});

test("a new title stays through later turns", async () => {
  await t.ask("plant the beans");
  expect(t.core.conversations.rename(chat, currentId(), "Garden")).toMatchObject({ title: "Garden" });
  await t.ask("and the peas");
  expect(list()[0]).toMatchObject({ title: "Garden", turns: 2 });
});
