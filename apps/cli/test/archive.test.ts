import { expect, test } from "vitest";
import { useService } from "./service-fixture.ts";

const service = useService();
const { run } = service;
const ID = "0193f0a2-7c11-7000-8000-00000000002a";
const archive = {
  id: ID,
  botId: "123",
  chatId: "-42",
  threadId: "7",
  path: "/data/archive/123/a.tar.gz",
  bytes: 2_048,
  files: 3,
  createdAt: Date.UTC(2026, 10, 20, 12),
  restoredAt: null,
  failedAt: null,
  givenUpAt: null,
};

test("list shows what was packed away", async () => {
  service.double.on("listArchives", () => ({ body: [archive] }));
  expect((await run("archive")).stdout).toBe(
    [
      "ID        CHAT       FILES  SIZE    PACKED            BROUGHT BACK  ARCHIVE",
      "0000002a  123/-42/7  3      2.0 kB  2026-11-20 12:00  –             /data/archive/123/a.tar.gz",
      "",
    ].join("\n"),
  );
  service.double.on("listArchives", () => ({ body: [] }));
  expect((await run("archive", "list", "--chat", "work")).stdout).toBe("Nothing was packed away.\n");
  expect(service.double.callsOf("listArchives").at(-1)?.query).toMatchObject({
    botId: "cli",
    chatId: "work",
  });
});

test("list tells what could not be brought back, and what was given up", async () => {
  const failedAt = Date.UTC(2026, 10, 21, 9);
  service.double.on("listArchives", () => ({
    body: [
      { ...archive, failedAt },
      { ...archive, failedAt, givenUpAt: failedAt },
    ],
  }));
  const { stdout } = await run("archive");
  expect(stdout).toContain("failed 2026-11-21 09:00");
  expect(stdout).toContain("given up");
});

test("forget gives an archive up and says where its file is", async () => {
  service.double.on("listArchives", () => ({ body: [archive] }));
  service.double.on("forgetArchive", () => ({ body: { ...archive, givenUpAt: 1 } }));
  expect((await run("archive", "forget", "0000002a")).stdout).toBe(
    "✓ 123/-42/7 goes on without it. The file is not deleted: /data/archive/123/a.tar.gz\n",
  );
  expect(service.double.callsOf("forgetArchive")[0]?.params).toEqual({ archiveId: ID });
});

test("a new conversation says which archive it goes on without", async () => {
  service.double.on("newConversation", () => ({
    body: { conversationId: ID, archivesGivenUp: [archive.path] },
  }));
  service.double.on("submitTurn", () => ({ status: 503, body: { code: "not_ready", detail: "not now" } }));
  const { stderr } = await run("chat", "--new", "hello");
  expect(stderr).toContain(`goes on without them`);
  expect(stderr).toContain(archive.path);
});

test("now packs a chat, or says that there is nothing to pack", async () => {
  service.double.on("archiveChat", () => ({ body: { archive } }));
  const { stdout, stderr } = await run("archive", "now", "--chat", "123/-42/7");
  expect(stdout).toBe("✓ Packed 3 files away (2.0 kB): /data/archive/123/a.tar.gz\n");
  expect(stderr).toContain("steward archive restore 0000002a");
  service.double.on("archiveChat", () => ({ body: { archive: null } }));
  expect((await run("archive", "now")).stdout).toContain("nothing to pack");
});

test("restore takes the end of the id as it is listed", async () => {
  service.double.on("listArchives", () => ({ body: [archive] }));
  service.double.on("restoreArchive", () => ({ body: { ...archive, restoredAt: 1 } }));
  expect((await run("archive", "restore", "0000002A")).stdout).toBe("✓ Brought back: 3 files of 123/-42/7\n");
  expect(service.double.callsOf("restoreArchive")[0]?.params).toEqual({ archiveId: ID });
  expect(await run("archive", "restore", "ffff")).toMatchObject({ code: 1 });
});
