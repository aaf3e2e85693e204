import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiError } from "@steward/client/api-error";
import { getChatStatus, newConversation } from "@steward/contract/chats";
import {
  listConversations,
  removeWorktree,
  renameConversation,
  selectConversation,
} from "@steward/contract/conversations";
import { addProject, chooseProject, listProjects, removeProject } from "@steward/contract/projects";
import { submitTurn } from "@steward/contract/turns";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { type ApiFixture, createApiFixture } from "./api-fixture.ts";

const chat = { botId: "cli", chatId: "main", threadId: "" };
let api: ApiFixture;
let directory: string;

beforeEach(async () => {
  api = await createApiFixture();
  directory = realpathSync(mkdtempSync(join(tmpdir(), "steward-project-")));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
});

const refused = async (call: Promise<unknown>): Promise<string> => {
  const error = await call.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiError);
  return (error as ApiError).code;
};

const ask = async (text: string, key: string): Promise<void> => {
  const { turnId } = await api.client.call(submitTurn, {
    body: { ...chat, text, source: "cli" },
    headers: { "idempotency-key": key },
  });
  await api.core.turns.waitForEnd(turnId);
};

test("a project is listed, chosen, worked in and taken off the list", async () => {
  const { client } = api;
  expect(await client.call(addProject, { body: { path: directory, name: "notes" } })).toMatchObject({
    name: "notes",
    path: directory,
  });
  expect(await client.call(chooseProject, { body: { ...chat, project: "notes" } })).toMatchObject({
    cwd: directory,
    warnings: [],
  });
  await ask("hello", "1");
  expect(api.driver.launches[0]?.cwd).toBe(directory);
  expect(await client.call(listProjects)).toMatchObject([{ name: "notes", chats: 1, exists: true }]);
  expect(await client.call(removeProject, { params: { name: "notes" } })).toEqual({ removed: true });
  expect(await client.call(listProjects)).toEqual([]);
  await ask("again", "2");
  expect((await client.call(getChatStatus, { query: chat })).conversation?.cwd).toBe(directory);
  expect(api.driver.sessions[0]?.turns).toHaveLength(1);
});

test("what may not be listed or chosen is refused with its code", async () => {
  const { client } = api;
  const body = { path: "/", name: "root" };
  expect(await refused(client.call(addProject, { body }))).toBe("project_path_private");
  expect(await refused(client.call(addProject, { body: { path: "relative" } }))).toBe("project_path_missing");
  for (const name of ["../up", "none", "a b", "", "x".repeat(41)]) {
    expect(await refused(client.call(addProject, { body: { path: directory, name } }))).toBe(
      "validation_failed",
    );
  }
  expect(await refused(client.call(chooseProject, { body: { ...chat, project: "nothing" } }))).toBe(
    "project_not_found",
  );
  await client.call(addProject, { body: { path: directory, name: "notes" } });
  const stranger = { ...chat, project: "notes", userId: "7" };
  expect(await refused(client.call(chooseProject, { body: stranger }))).toBe("owner_only");
});

test("conversations are listed, renamed and resumed", async () => {
  const { client } = api;
  await ask("plant the beans", "1");
  await client.call(newConversation, { body: chat });
  await ask("paint the fence", "2");
  const [second, first] = await client.call(listConversations, { query: chat });
  expect([first?.title, second?.title]).toEqual(["plant the beans", "paint the fence"]);
  const conversationId = first?.id ?? "";
  const renamed = await client.call(renameConversation, {
    params: { conversationId },
    body: { ...chat, title: "  Garden " },
  });
  expect(renamed).toMatchObject({ title: "Garden", current: false });
  expect(await client.call(selectConversation, { body: { ...chat, conversationId } })).toMatchObject({
    title: "Garden",
    current: true,
  });
  await ask("go on", "3");
  expect(api.driver.launches.at(-1)).toMatchObject({
    resume: true,
    cliSessionId: api.driver.launches[0]?.cliSessionId,
  });
  expect(await refused(client.call(removeWorktree, { params: { conversationId }, query: chat }))).toBe(
    "worktree_none",
  );
  const theirs = { ...chat, chatId: "other", conversationId };
  expect(await refused(client.call(selectConversation, { body: theirs }))).toBe("conversation_not_found");
});
