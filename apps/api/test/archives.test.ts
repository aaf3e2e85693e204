import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { archiveChat, forgetArchive, listArchives, restoreArchive } from "@steward/contract/archives";
import { newConversation } from "@steward/contract/chats";
import { gatewayCleanup } from "@steward/contract/gateway";
import { submitTurn } from "@steward/contract/turns";
import { beforeEach, describe, expect, test } from "vitest";
import { type ApiFixture, createApiFixture } from "./api-fixture.ts";

const chat = { botId: "cli", chatId: "main", threadId: "" };
let api: ApiFixture;

beforeEach(async () => {
  api = await createApiFixture();
});

const submit = async (text: string): Promise<string> => {
  const headers = { "idempotency-key": text };
  return (await api.client.call(submitTurn, { body: { ...chat, text }, headers })).turnId;
};
const furnish = async (): Promise<void> => {
  await api.core.turns.waitForEnd(await submit("hello"));
  writeFileSync(join(api.driver.launches[0]?.cwd ?? "", "notes.txt"), "beans\n");
};
const cleanUp = () =>
  api.client.call(gatewayCleanup, { params: { chat_id: "main" }, query: { bot_id: "cli" } });

test("a chat is packed away, listed and brought back", async () => {
  expect(await api.client.call(archiveChat, { body: chat })).toEqual({ archive: null });
  await furnish();
  const { archive } = await api.client.call(archiveChat, { body: chat });
  expect(archive).toMatchObject({ ...chat, files: 1, restoredAt: null });
  expect(await api.client.call(listArchives)).toHaveLength(1);
  expect(await api.client.call(listArchives, { query: { botId: "cli", chatId: "other" } })).toEqual([]);
  expect(await api.client.call(listArchives, { query: { botId: "cli" } })).toHaveLength(1);
  const params = { archiveId: archive?.id ?? "" };
  expect((await api.client.call(restoreArchive, { params })).restoredAt).not.toBeNull();
});

test("an archive that is lost is given up by its id, or by a new conversation, which names it", async () => {
  await furnish();
  const lose = async () => {
    const { archive } = await api.client.call(archiveChat, { body: chat });
    rmSync(archive?.path ?? "");
    return archive;
  };
  const first = await lose();
  const params = { archiveId: first?.id ?? "" };
  expect((await api.client.call(forgetArchive, { params })).givenUpAt).not.toBeNull();
  const again = await api.core.turns.waitForEnd(await submit("go-on"));
  expect(again.state).toBe("done");
  writeFileSync(join(api.driver.launches[0]?.cwd ?? "", "notes.txt"), "beans\n");
  const second = await lose();
  expect((await api.core.turns.waitForEnd(await submit("more"))).errorCode).toBe("archive_damaged");
  expect(await api.client.call(newConversation, { body: chat })).toMatchObject({
    archivesGivenUp: [second?.path],
  });
});

describe("the ancestor's cleanup", () => {
  test("packs what is finished away, once, and deletes nothing", async () => {
    await furnish();
    expect(await cleanUp()).toEqual({
      cleaned: 0,
      archived: 1,
      skipped: 0,
      details: ["Archived: gw-cli-main"],
    });
    expect(await cleanUp()).toEqual({ cleaned: 0, archived: 0, skipped: 0, details: [] });
    expect((await api.client.call(listArchives))[0]?.files).toBe(1);
  });

  test("skips what runs, and says so", async () => {
    await furnish();
    api.driver.script = (turn) => turn.delta("working");
    await submit("long");
    expect(await cleanUp()).toEqual({
      cleaned: 0,
      archived: 0,
      skipped: 1,
      details: ["Skipped running: gw-cli-main"],
    });
  });

  test("takes the ancestor's empty body", async () => {
    const answer = await api.fetch("/api/gateway/cleanup/42?bot_id=default", {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { cleaned: 0, archived: 0, skipped: 0, details: [] },
    ]);
  });
});
