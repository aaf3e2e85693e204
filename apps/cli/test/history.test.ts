import { expect, test } from "vitest";
import { useService } from "./service-fixture.ts";

const service = useService();
const { run } = service;
const at = Date.UTC(2026, 10, 20, 12);
const session = {
  sessionId: "gw-123-42",
  botId: "123",
  chat: { chatId: "42", threadId: "" },
  title: "Plans",
  messages: 12,
  startedAt: at,
  lastMessageAt: at,
  last: { role: "assistant" as const, text: "All done\nand more", userName: null },
};
const message = {
  ...{ id: 7, role: "user" as const, text: "hel\u001b[31mlo", source: "cli", at },
  ...{ userId: "1", userName: "Ada", turnId: null, messageId: null, turn: null, files: [] },
};

test("list shows every session with what was said last", async () => {
  service.double.on("listHistorySessions", () => ({ body: { sessions: [session], next: "1.MQ" } }));
  expect((await run("history")).stdout).toBe(
    [
      "SESSION  TITLE  MESSAGES  LAST              SAID",
      "123/42   Plans  12        2026-11-20 12:00  All done",
      "… and more: steward history list --limit 40",
      "",
    ].join("\n"),
  );
  service.double.on("listHistorySessions", () => ({ body: { sessions: [], next: null } }));
  expect((await run("history", "list")).stdout).toBe("Nothing has been said yet.\n");
});

test("show prints the messages of a chat, without anything that a terminal would act on", async () => {
  service.double.on("listHistoryMessages", () => ({
    body: { messages: [message], earlier: null, later: null },
  }));
  const { stdout } = await run("history", "show", "--chat", "123/42", "--limit", "5");
  expect(stdout).toContain("#7 2026-11-20 12:00 Ada");
  expect(stdout).not.toContain("\u001b[31m");
  expect(service.double.callsOf("listHistoryMessages")[0]?.query).toMatchObject({
    botId: "123",
    sessionId: "gw-123-42",
    limit: 5,
  });
});

test("delete asks first, and then says what is gone and what is not", async () => {
  const asked = await run("history", "delete", "--chat", "work");
  expect(asked.code).toBe(2);
  expect(asked.stdout).toContain("gw-cli-work");
  service.double.on("deleteHistorySession", () => ({ body: { deleted: 5, kept: 1 } }));
  const { code, stdout } = await run(
    "history",
    "delete",
    "--chat",
    "work",
    "--before",
    "2026-01-31",
    "--yes",
  );
  expect(code).toBe(0);
  expect(stdout).toContain("✓ 5 messages deleted.");
  expect(stdout).toContain("1 belong to turns that have not ended");
  expect(service.double.callsOf("deleteHistorySession")[0]?.query).toMatchObject({
    before: Date.UTC(2026, 0, 31),
  });
  expect((await run("history", "delete", "--before", "soon", "--yes")).code).toBe(2);
});

test("one message is deleted by its number", async () => {
  service.double.on("deleteHistoryMessage", () => ({ body: { deleted: 1, kept: 0 } }));
  await run("history", "delete", "--chat", "work", "--message", "7", "--yes");
  expect(service.double.callsOf("deleteHistoryMessage")[0]?.params).toEqual({ messageId: 7 });
});

test("an export in a format that is none is refused", async () => {
  const { code, stderr } = await run("history", "export", "--format", "pdf");
  expect(code).toBe(2);
  expect(stderr).toContain("pdf is no format");
});
