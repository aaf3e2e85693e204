import type { DeliverySummary } from "@steward/contract/deliveries";
import { describe, expect, test } from "vitest";
import { useService } from "./service-fixture.ts";
import { turnSummary } from "./turn-summary.ts";

const service = useService();
const { run, runInChinese } = service;

const ID = "0193f0a2-7c11-7000-8000-0000000000d1";
const SECOND = "0193f0a2-7c11-7000-8000-0000000000d2";
const TURN = "0193f0a2-7c11-7000-8000-00000000002a";

const deliveryOf = (more: Partial<DeliverySummary> = {}): DeliverySummary => ({
  id: ID,
  seq: 7,
  botId: "123",
  chatId: "42",
  threadId: "",
  turnId: TURN,
  kind: "answer",
  state: "dead",
  text: "forty-two\nand more",
  attempt: 1,
  lastError: "Forbidden: bot was blocked by the user",
  createdAt: Date.now() - 60_000,
  settledAt: null,
  ...more,
});

describe("steward deliveries", () => {
  test("lists what could not be delivered, why, and what to do", async () => {
    service.double.on("listDeliveries", ({ query }) => ({
      body: query.state === "dead" ? [deliveryOf({ threadId: "5" })] : [],
    }));
    const { code, stdout } = await run("deliveries", "--dead");
    expect(code).toBe(0);
    expect(stdout).toContain(ID);
    expect(stdout).toContain("123/42.t5");
    expect(stdout).toContain("bot was blocked by the user");
    expect(stdout).toContain("steward deliveries retry DELIVERY");
    expect((await runInChinese("deliveries")).stdout).toContain("还没有发送过任何消息");
  });

  test("as JSON is what the service says", async () => {
    const delivery = deliveryOf({ state: "delivered", lastError: null });
    service.double.on("listDeliveries", () => ({ body: [delivery] }));
    expect(JSON.parse((await run("deliveries", "--json")).stdout)).toEqual([delivery]);
  });

  test("sends one again", async () => {
    service.double.on("retryDelivery", () => ({ body: { state: "pending" } }));
    const { code, stdout } = await run("deliveries", "retry", ID);
    expect([code, stdout]).toEqual([0, "✓ On their way again: 1\n"]);
    expect(service.double.callsOf("retryDelivery").map(({ params }) => params.deliveryId)).toEqual([ID]);
  });

  test.each([[["deliveries", "retry", "--dead"]], [["deliveries", "--dead", "retry"]]])(
    "%j sends all again, oldest first",
    async (args) => {
      service.double.on("listDeliveries", () => ({
        body: [deliveryOf({ id: SECOND, seq: 8 }), deliveryOf()],
      }));
      service.double.on("retryDelivery", () => ({ body: { state: "pending" } }));
      expect((await run(...args)).stdout).toContain("again: 2");
      expect(service.double.callsOf("retryDelivery").map(({ params }) => params.deliveryId)).toEqual([
        ID,
        SECOND,
      ]);
    },
  );

  test("does nothing when it is not said which", async () => {
    const { code, stderr } = await run("deliveries", "retry");
    expect(code).toBe(2);
    expect(stderr).toContain("Which one?");
  });
});

test("steward trace shows each step of a turn", async () => {
  const turn = turnSummary();
  const hops = [
    { at: 1_000, hop: "stored", detail: "telegram" },
    { at: 2_500, hop: "tool", detail: "Bash ls" },
  ];
  service.double.on("traceTurn", ({ query }) => {
    expect(query.turnId).toBe(turn.id);
    return { body: { turn, attempt: 1, hops, deliveries: [], recalls: [], files: [], logKept: false } };
  });
  const { code, stdout } = await run("trace", turn.id);
  expect(code).toBe(0);
  expect(stdout).toContain("123/42 · done · sort my downloads");
  expect(stdout).toMatch(/1970-01-01T00:00:02\.500Z\s+\+1\.500 s\s+🔧 tool\s+Bash ls/);
  expect(stdout).toContain("dropped for their age");
});
