import type { CliEvent } from "@steward/claude/cli-driver";
import { createLogger, createRedactor } from "@steward/platform/logger";
import { describe, expect, test } from "vitest";
import { startCore } from "./test-core.ts";

const NOTHING = { badLines: 0, oversizeLines: 0, unknownEvents: 0 };
const oddities: CliEvent[] = [
  { type: "bad_line", count: 1 },
  { type: "bad_line", count: 2 },
  { type: "oversize_line", bytes: 60 * 1_048_576 },
  { type: "unknown", rawType: "from_the_future" },
  { type: "unknown", rawType: "system/brand_new" },
  { type: "unknown", rawType: "from_the_future" },
];

describe("rows 15, 16 and 19: what a CLI says that cannot be read is counted", () => {
  test("per session in the list, and in all with the names of what is unknown; the others show nothing", async () => {
    const t = await startCore();
    t.driver.script = (turn) => {
      if (turn.text === "odd") for (const event of oddities) turn.emit(event);
      turn.answer("fine");
    };
    await t.ask("odd", { chatId: "a" });
    await t.ask("hello", { chatId: "b" });
    await t.clock.advance(1_000);
    await t.ask("odd", { chatId: "a" });
    const list = await t.core.sessions.list();
    const ofChat = (chatId: string) => list.find((session) => session.chatId === chatId)?.passedOver;
    expect(ofChat("a")).toEqual({ badLines: 4, oversizeLines: 2, unknownEvents: 6 });
    expect(ofChat("b")).toEqual(NOTHING);
    expect(t.core.passedOver()).toEqual({
      badLines: 4,
      oversizeLines: 2,
      unknownEvents: 6,
      unknownTypes: [
        { type: "from_the_future", count: 4 },
        { type: "system/brand_new", count: 2 },
      ],
    });
  });

  test("once per process and kind in the log, with the sum at its end, whatever the flood", async () => {
    const lines: string[] = [];
    const log = createLogger({
      name: "test",
      level: "info",
      redact: createRedactor(),
      destination: { write: (line) => void lines.push(line) },
    });
    const t = await startCore({ log });
    t.driver.script = (turn) => {
      for (let count = 1; count <= 500; count++) turn.emit({ type: "bad_line", count });
      turn.answer("fine");
    };
    await t.ask("hello");
    await t.core.sessions.reap(0);
    expect(lines.filter((line) => line.includes("cannot be read"))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('"badLines":500'))).toHaveLength(1);
  });

  test("names that never end are kept within bounds", async () => {
    const t = await startCore();
    t.driver.script = (turn) => {
      for (let name = 0; name < 200; name++)
        turn.emit({ type: "unknown", rawType: `${name}${"x".repeat(500)}` });
      turn.answer("fine");
    };
    await t.ask("hello");
    const { unknownEvents, unknownTypes } = t.core.passedOver();
    expect(unknownEvents).toBe(200);
    expect(unknownTypes).toHaveLength(51);
    expect(Math.max(...unknownTypes.map(({ type }) => type.length))).toBe(80);
    expect(unknownTypes[0]).toEqual({ type: "…", count: 150 });
  });
});
