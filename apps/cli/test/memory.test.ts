import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MemoryChangeRecord, MemoryRecord } from "@steward/contract/memory-records";
import { expect, onTestFinished, test } from "vitest";
import { useService } from "./service-fixture.ts";

const service = useService();
const { run } = service;
const at = Date.UTC(2026, 10, 20, 12);
const memory = (more: Partial<MemoryRecord> = {}): MemoryRecord => ({
  ...{ id: 12, botId: "123", chatId: "42", key: "port", content: "80\u001b[31m80", category: "general" },
  ...{ state: "accepted", pinned: false, expiresAt: null, origin: "person" },
  ...{ sourceMessageId: null, sourceTurnId: null, sourceUserId: "1", sourceUserName: "Ada" },
  ...{ createdAt: at, updatedAt: at },
  ...more,
});
const change: MemoryChangeRecord = {
  ...{ id: 5, memoryId: 12, action: "deleted", before: memory(), after: null, origin: "person" },
  ...{ userId: "1", userName: "Ada", turnId: null, undoneBy: 9, at },
};

test("list shows what is remembered, for whom and from whom, without anything that a terminal would act on", async () => {
  const memories = [
    memory({ pinned: true }),
    memory({ id: 13, botId: "", chatId: "", state: "proposed", category: "summ\u001b[31mary" }),
  ];
  service.double.on("listMemories", () => ({ body: { memories, next: null, total: 2 } }));
  const { stdout } = await run("memory");
  expect(stdout.split("\n").slice(0, 3)).toEqual([
    expect.stringMatching(/^NUMBER {2}KEY +TEXT +KIND +FOR +FROM +CHANGED$/),
    expect.stringMatching(/^12 +📌 port +.*80.* +general +123\/42 +Ada +2026-11-20 12:00$/),
    expect.stringMatching(/^13 +❓ port +.* +summ.*ary +everybody +Ada/),
  ]);
  expect(stdout).not.toContain("\u001b[31m");
  await run("memory", "list", "--chat", "123/42", "--proposed");
  expect(service.double.callsOf("listMemories")[1]?.query).toMatchObject({
    ...{ botId: "123", chatId: "42", state: "proposed", expired: true },
  });
  service.double.on("listMemories", () => ({ body: { memories: [], next: null, total: 0 } }));
  expect((await run("memory", "list")).stdout).toBe("Nothing is remembered.\n");
});

test("add needs somebody whom it is for", async () => {
  service.double.on("createMemory", () => ({ body: memory() }));
  expect(await run("memory", "add", "port", "8080")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("For whom?"),
  });
  const { stdout } = await run(
    ...["memory", "add", "port", "it", "is", "8080", "--chat", "123/42", "--pin", "--until", "2026-12-01"],
  );
  expect(stdout).toBe("✓ Remembered: #12\n");
  await run("memory", "add", "port", "8080", "--shared");
  expect(service.double.callsOf("createMemory").map(({ body }) => body)).toEqual([
    {
      ...{ botId: "123", chatId: "42", key: "port", content: "it is 8080" },
      ...{ pinned: true, expiresAt: Date.UTC(2026, 11, 1) },
    },
    { shared: true, key: "port", content: "8080" },
  ]);
  expect((await run("memory", "add", "a", "b", "--shared", "--until", "soon")).code).toBe(2);
});

test("edit, forget, undo, accept and reject say what stands now", async () => {
  service.double.on("updateMemory", () => ({ body: memory({ content: "9090" }) }));
  service.double.on("deleteMemory", () => ({ body: { change } }));
  service.double.on("undoMemoryChange", () => ({ body: { memory: null } }));
  service.double.on("acceptMemory", () => ({ body: { memory: memory(), change } }));
  service.double.on("rejectMemory", () => ({ body: { change } }));
  const edited = await run("memory", "edit", "12", "--text", "9090", "--no-pin", "--until", "never");
  expect(edited.stdout).toBe("#12 port\n9090\n123/42 · general · Ada · 2026-11-20 12:00\n");
  expect(service.double.callsOf("updateMemory")[0]?.body).toEqual({
    ...{ content: "9090", pinned: false, expiresAt: null },
  });
  expect((await run("memory", "forget", "#12")).stdout).toContain("steward memory undo 5");
  expect((await run("memory", "undo", "5")).stdout).toBe("✓ Undone: it is gone.\n");
  expect((await run("memory", "accept", "12")).stdout).toContain("#12 port");
  expect((await run("memory", "reject", "12")).stdout).toContain("✓ Rejected: #12");
  expect((await run("memory", "forget", "twelve")).code).toBe(2);
});

test("history shows each change with before and after", async () => {
  service.double.on("memoryHistory", () => ({ body: [change] }));
  service.double.on("listMemoryChanges", () => ({ body: [] }));
  const { stdout } = await run("memory", "history", "12");
  expect(stdout).toContain("5  2026-11-20 12:00  forgotten #12 · Ada · undone by 9\n  - port: ");
  expect((await run("memory", "history")).stdout).toBe("Nothing was changed.\n");
});

test("a file goes out and comes in; one that is none is refused", async () => {
  const file = { format: "steward-memories-1" as const, memories: [{ key: "port", content: "8080" }] };
  service.double.on("exportMemories", () => ({ body: { ...file, memories: [] } }));
  service.double.on("importMemories", () => ({ body: { added: 1, replaced: 0, skipped: 2 } }));
  expect(JSON.parse((await run("memory", "export", "--bot", "123")).stdout).format).toBe(file.format);
  const folder = mkdtempSync(join(tmpdir(), "steward-memories-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "memories.json");
  writeFileSync(path, JSON.stringify(file));
  const { stdout } = await run("memory", "import", path, "--bot", "9", "--replace");
  expect(stdout).toBe("✓ 1 added, 0 replaced, 2 left as they are.\n");
  expect(service.double.callsOf("importMemories")[0]?.body).toMatchObject({
    ...{ botId: "9", onTaken: "replace", memories: [{ key: "port", content: "8080" }] },
  });
  writeFileSync(path, "{}");
  expect(await run("memory", "import", path)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("is no file of memories"),
  });
});
