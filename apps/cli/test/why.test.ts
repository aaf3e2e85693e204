import type { RecalledNote } from "@steward/contract/turn-history";
import { expect, test } from "vitest";
import { useService } from "./service-fixture.ts";
import { turnSummary } from "./turn-summary.ts";

const service = useService();
const { run, runInChinese } = service;

const turn = turnSummary({ prompt: "which editor?" });
const note: RecalledNote = {
  memoryId: 3,
  key: "editor",
  content: "Ada writes\nwith \u001b[31mhelix",
  mode: "pinned",
  score: null,
  now: "same",
  origin: "person",
  userName: "Ada",
  messageId: 9,
  turnId: null,
  at: Date.UTC(2026, 10, 20),
};
const answers = (recalls: RecalledNote[]) =>
  service.double.on("traceTurn", () => ({
    body: { turn, attempt: 1, hops: [], deliveries: [], recalls, files: ["plan.pdf"], logKept: true },
  }));

test("tells each note with its source", async () => {
  answers([note, { ...note, memoryId: 4, key: "secret", content: "", now: "forgotten", origin: "agent" }]);
  const { code, stdout } = await run("why", turn.id);
  expect(code).toBe(0);
  expect(stdout).toContain("123/42 · m · which editor?\n📎 plan.pdf\n");
  expect(stdout).toMatch(/3\s+editor\s+pinned\s+Ada\s+2026-11-20\s+Ada writes with ␛\[31mhelix/);
  expect(stdout).toMatch(/4\s+secret\s+pinned\s+kept by Claude\s+2026-11-20\s+forgotten since/);
  expect(service.double.callsOf("traceTurn").map(({ query }) => query.turnId)).toEqual([turn.id]);
});

test("without a turn it is a chat's last one, and one without notes says so", async () => {
  answers([]);
  expect((await runInChinese("why", "--chat", "123/42")).stdout).toContain("没有附上笔记");
  expect(service.double.callsOf("traceTurn")[0]?.query).toMatchObject({ botId: "123", chatId: "42" });
  expect(JSON.parse((await run("why", "--json")).stdout)).toEqual({ turn, recalls: [], files: ["plan.pdf"] });
});
