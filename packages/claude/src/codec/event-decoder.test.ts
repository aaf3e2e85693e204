import { createFakeClock } from "@steward/platform/clock";
import { describe, expect, test } from "vitest";
import { createEventDecoder } from "./event-decoder.ts";

const assistant = (content: object[], more: object = {}): Record<string, unknown> => ({
  type: "assistant",
  message: { id: "msg_1", content },
  parent_tool_use_id: null,
  ...more,
});
const toolResult = (id: string): Record<string, unknown> => ({
  type: "user",
  message: { content: [{ type: "tool_result", tool_use_id: id, is_error: false }] },
});

describe("tools", () => {
  test("take the time from the complete call to the result", async () => {
    const clock = createFakeClock();
    const decoder = createEventDecoder(clock);
    decoder.decode(assistant([{ type: "tool_use", id: "t1", name: "Bash", input: {} }]));
    await clock.advance(1_234);
    expect(decoder.decode(toolResult("t1"))).toMatchObject([{ type: "tool_finished", durationMs: 1_234 }]);
  });

  test("are not charged for the time somebody took to allow them", async () => {
    const clock = createFakeClock();
    const decoder = createEventDecoder(clock);
    decoder.decode(assistant([{ type: "tool_use", id: "t1", name: "Bash", input: {} }]));
    await clock.advance(60_000);
    decoder.restartTool("t1");
    await clock.advance(10);
    expect(decoder.decode(toolResult("t1"))).toMatchObject([{ durationMs: 10 }]);
  });

  test("are announced once, whether or not their stream was seen", () => {
    const decoder = createEventDecoder(createFakeClock());
    const streamed = decoder.decode({
      type: "stream_event",
      event: { type: "content_block_start", content_block: { type: "tool_use", id: "t1", name: "Bash" } },
    });
    expect(streamed.map(({ type }) => type)).toEqual(["tool_started"]);
    const types = (id: string): string[] =>
      decoder.decode(assistant([{ type: "tool_use", id, name: "Bash", input: {} }])).map(({ type }) => type);
    expect(types("t1")).toEqual(["tool_input"]);
    expect(types("t2")).toEqual(["tool_started", "tool_input"]);
  });

  test("report progress under their own id, by heartbeat too", () => {
    const decoder = createEventDecoder(createFakeClock());
    const heartbeat = {
      type: "tool_progress",
      tool_use_id: "t1-heartbeat-3",
      parent_tool_use_id: "t1",
      heartbeat: true,
    };
    expect(decoder.decode({ ...heartbeat, elapsed_time_seconds: 90 })).toEqual([
      { type: "tool_progress", toolUseId: "t1", elapsedMs: 90_000 },
    ]);
    expect(decoder.decode({ type: "tool_progress", tool_use_id: "t2", elapsed_time_seconds: 1.5 })).toEqual([
      { type: "tool_progress", toolUseId: "t2", elapsedMs: 1_500 },
    ]);
  });
});

test("the CLI's sentence about a failed request is no answer", () => {
  const decoder = createEventDecoder(createFakeClock());
  expect(
    decoder.decode(
      assistant([{ type: "text", text: "Please run /login" }], { error: "authentication_failed" }),
    ),
  ).toEqual([]);
});

test("text of a sub-agent can be told apart, and is not the turn's answer", () => {
  const decoder = createEventDecoder(createFakeClock());
  const [event] = decoder.decode(assistant([{ type: "text", text: "sub" }], { parent_tool_use_id: "t9" }));
  expect(event).toMatchObject({ type: "assistant_text", parentToolUseId: "t9" });
  const [result] = decoder.decodeResult(
    { type: "result", subtype: "success" },
    { isCommand: false, unsolicited: false },
  );
  expect(result).toMatchObject({ text: "", errorCode: "empty_result" });
});

test("one turn's failure does not colour the next", () => {
  const decoder = createEventDecoder(createFakeClock());
  const context = { isCommand: false, unsolicited: false };
  const failure = { type: "result", subtype: "success", is_error: true, result: "x" };
  decoder.decode({ type: "rate_limit_event", rate_limit_info: { status: "rejected", resetsAt: 100 } });
  decoder.decode(assistant([], { error: "rate_limit" }));
  expect(decoder.decodeResult(failure, context)).toMatchObject([
    { errorCode: "usage_limit", resetsAtMs: 100_000 },
  ]);
  expect(decoder.decodeResult(failure, context)).toMatchObject([{ errorCode: "unknown" }]);
});
