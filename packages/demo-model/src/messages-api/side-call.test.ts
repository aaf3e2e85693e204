import { describe, expect, test } from "vitest";
import { parseMessagesRequest } from "./messages-request.ts";
import { recogniseSideCall } from "./side-call.ts";

function request(extra: Record<string, unknown>) {
  const parsed = parseMessagesRequest(JSON.stringify({ model: "m", max_tokens: 1, ...extra }));
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.request;
}

describe("recogniseSideCall", () => {
  test("answers a title call with JSON made of what was said", () => {
    const side = recogniseSideCall(
      request({
        messages: [
          { role: "user", content: '<session>\nFix the "login"\nbutton\n</session>\n\nWrite the title.' },
        ],
        output_config: {
          format: {
            type: "json_schema",
            schema: { type: "object", properties: { title: { type: "string" } } },
          },
        },
      }),
    );
    expect(side?.kind).toBe("title");
    expect(JSON.parse(side?.answer ?? "")).toEqual({ title: 'Fix the "login" button' });
  });

  test("answers a compaction call with a summary that keeps the words of the person", () => {
    const side = recogniseSideCall(
      request({
        messages: [
          { role: "user", content: "one" },
          { role: "assistant", content: "1" },
          {
            role: "user",
            content: [
              { type: "text", text: "two" },
              {
                type: "text",
                text: "CRITICAL: Respond with TEXT ONLY. Do NOT call any tools.\n\n…<summary>…",
              },
            ],
          },
        ],
      }),
    );
    expect(side?.kind).toBe("compaction");
    expect(/<summary>\n([\s\S]*)\n<\/summary>/.exec(side?.answer ?? "")?.[1]).toBe(
      "What was said so far:\n- one\n- two",
    );
  });

  test("leaves a turn alone, another output schema too", () => {
    const messages = [{ role: "user", content: "hello" }];
    const format = { type: "json_schema", schema: { type: "object", properties: { answer: {} } } };
    expect(recogniseSideCall(request({ messages }))).toBeNull();
    expect(recogniseSideCall(request({ messages, output_config: { format } }))).toBeNull();
  });
});
