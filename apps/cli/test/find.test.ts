import { expect, test } from "vitest";
import { useService } from "./service-fixture.ts";

const service = useService();
const { run } = service;
const found = { score: 1, mode: "lexical" as const, distance: null };
const message = {
  ...{
    kind: "message" as const,
    id: 41,
    sessionId: "gw-7-1",
    botId: "7",
    role: "user" as const,
    source: "telegram",
  },
  ...{ userName: "Ada", turnId: null, createdAt: Date.UTC(2026, 10, 20, 12), ...found },
  snippet: { text: "the train\n\u001b[31mtickets", marks: [[4, 9]] },
};
const kept = {
  ...{ id: 3, botId: "7", chatId: "", key: "travel", content: "prefers trains", category: "general" },
  ...{ state: "accepted" as const, pinned: false, expiresAt: null, origin: "person" as const },
  ...{ sourceMessageId: null, sourceTurnId: null, sourceUserId: null, sourceUserName: null },
  ...{ createdAt: 1, updatedAt: 1 },
};
const memory = {
  ...{ kind: "memory" as const, id: 3, ...found },
  ...{ snippet: { text: "prefers trains", marks: [] }, memory: kept },
};

test("find shows memories and messages, and by what they were found", async () => {
  service.double.on("searchEverything", () => ({
    body: { messages: [message], memories: [memory], mode: "lexical", degraded: ["no_embedder"] },
  }));
  const { stdout } = await run("find", "train", "tickets", "--chat", "7/1", "--limit", "5");
  expect(stdout).toContain("★ memory 3\n  prefers trains");
  expect(stdout).toContain("#41 gw-7-1 · Ada · 2026-11-20 12:00\n  the train");
  expect(stdout).not.toContain("\u001b[31m");
  expect(stdout).toContain("Found by words");
  expect(service.double.callsOf("searchEverything")[0]?.query).toMatchObject({
    q: "train tickets",
    botId: "7",
    chatId: "1",
    limit: 5,
  });
});

test("find says so when nothing fits", async () => {
  service.double.on("searchEverything", () => ({
    body: { messages: [], memories: [], mode: "semantic", degraded: ["embedder_unavailable"] },
  }));
  const { stdout } = await run("find", "x");
  expect(stdout).toContain("Nothing fits.");
  expect(stdout).toContain("does not answer");
});
