import { describe, expect, test } from "vitest";
import { parseMessagesRequest } from "./messages-request.ts";

const valid = { model: "m", max_tokens: 1, messages: [{ role: "user", content: "hi" }] };

function refusal(body: unknown): string {
  const parsed = parseMessagesRequest(typeof body === "string" ? body : JSON.stringify(body));
  if (parsed.ok) return "accepted";
  expect(parsed.failure).toMatchObject({ status: 400, type: "invalid_request_error" });
  return parsed.failure.message;
}

describe("parseMessagesRequest refuses what the API refuses, with its words", () => {
  const use = { type: "tool_use", id: "t1", name: "Bash", input: {} };
  const result = { type: "tool_result", tool_use_id: "t1", content: "ok" };
  const cases: readonly (readonly [string, unknown, string])[] = [
    ["no JSON", "{", "The request body is not valid JSON"],
    ["no object", "[]", "Input should be a valid dictionary"],
    ["no model", { ...valid, model: undefined }, "model: Field required"],
    ["no messages", { ...valid, messages: undefined }, "messages: Field required"],
    ["no message", { ...valid, messages: [] }, "messages: at least one message is required"],
    ["no max_tokens", { ...valid, max_tokens: undefined }, "max_tokens: Field required"],
    ["max_tokens 0", { ...valid, max_tokens: 0 }, "max_tokens: Input should be greater than or equal to 1"],
    ["stream of text", { ...valid, stream: "yes" }, "stream: Input should be a valid boolean"],
    [
      "a strange role",
      { ...valid, messages: [{ role: "tool", content: "x" }] },
      'messages: Unexpected role "tool"',
    ],
    [
      "an answer first",
      { ...valid, messages: [{ role: "assistant", content: "x" }] },
      'messages: first message must use the "user" role',
    ],
    [
      "an empty message",
      { ...valid, messages: [{ role: "user", content: "" }] },
      "messages.0: all messages must have non-empty content",
    ],
    [
      "an empty text block",
      { ...valid, messages: [{ role: "user", content: [{ type: "text", text: "" }] }] },
      "messages: text content blocks must be non-empty",
    ],
    [
      "two tools of one name",
      { ...valid, tools: [{ name: "A" }, { name: "A" }] },
      "tools: Tool names must be unique.",
    ],
    [
      "a tool call without result",
      {
        ...valid,
        messages: [
          ...valid.messages,
          { role: "assistant", content: [use] },
          { role: "user", content: "next" },
        ],
      },
      "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1.",
    ],
    [
      "a result without a tool call",
      { ...valid, messages: [{ role: "user", content: [result] }] },
      "messages.0: unexpected `tool_use_id` found in `tool_result` blocks: t1.",
    ],
  ];
  test.each(cases)("%s", (_name, body, message) => {
    expect(refusal(body)).toContain(message);
  });
});

describe("parseMessagesRequest accepts what the CLI sends", () => {
  test("system entries in between, empty ones included, and results in several user messages", () => {
    const use = (id: string) => ({ type: "tool_use", id, name: "Bash", input: { command: "x" } });
    const result = (id: string) => ({ type: "tool_result", tool_use_id: id, content: "ok" });
    const parsed = parseMessagesRequest(
      JSON.stringify({
        ...valid,
        system: [
          { type: "text", text: "one" },
          { type: "text", text: "two" },
        ],
        tools: [{ name: "Bash" }],
        messages: [
          { role: "user", content: "go" },
          { role: "system", content: [], output_config: {} },
          { role: "assistant", content: [use("a"), use("b")] },
          { role: "system", content: "listing" },
          { role: "user", content: [result("a")] },
          { role: "user", content: [result("b"), { type: "image", source: {} }] },
        ],
      }),
    );
    if (!parsed.ok) throw new Error(parsed.failure.message);
    expect(parsed.request).toMatchObject({ stream: false, system: "one\ntwo", toolNames: ["Bash"] });
    expect(parsed.request.messages.at(-1)?.content).toEqual([
      { type: "tool_result", toolUseId: "b", isError: false, text: "ok" },
      { type: "other", kind: "image" },
    ]);
  });

  test("count_tokens needs no max_tokens", () => {
    const body = JSON.stringify({ ...valid, max_tokens: undefined });
    expect(parseMessagesRequest(body, "count_tokens").ok).toBe(true);
  });
});
