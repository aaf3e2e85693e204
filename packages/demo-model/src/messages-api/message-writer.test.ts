import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createStreamWriter, createWholeWriter, type MessageWriter } from "./message-writer.ts";
import type { OutputMessage, StreamEvent } from "./stream-event.ts";

const head = { id: "msg_1", model: "claude-test", inputTokens: 7 };

async function stream(write: (writer: MessageWriter) => Promise<void>): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  const writer = await createStreamWriter(head, async (event) => void events.push(event));
  await write(writer);
  return events;
}

async function whole(write: (writer: MessageWriter) => Promise<void>): Promise<OutputMessage> {
  const messages: OutputMessage[] = [];
  await write(createWholeWriter(head, async (message) => void messages.push(message)));
  const [message] = messages;
  if (message === undefined) throw new Error("nothing was delivered");
  return message;
}

const thinkSayCall = async (writer: MessageWriter): Promise<void> => {
  await writer.thinking("hm");
  await writer.text("Hello ");
  await writer.text("world");
  await writer.toolUse({ id: "toolu_1", name: "Bash", input: { command: "date" } });
  await writer.finish();
};

describe("createStreamWriter", () => {
  test("sends the events of one message in the API's order", async () => {
    const events = await stream(thinkSayCall);
    expect(events.map((event) => ("index" in event ? `${event.type} ${event.index}` : event.type))).toEqual([
      "message_start",
      "ping",
      "content_block_start 0",
      "content_block_delta 0",
      "content_block_delta 0",
      "content_block_stop 0",
      "content_block_start 1",
      "content_block_delta 1",
      "content_block_delta 1",
      "content_block_stop 1",
      "content_block_start 2",
      "content_block_delta 2",
      "content_block_stop 2",
      "message_delta",
      "message_stop",
    ]);
    expect(events[0]).toMatchObject({ message: { model: "claude-test", usage: { input_tokens: 7 } } });
    expect(events[4]).toMatchObject({ delta: { type: "signature_delta" } });
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: "tool_use" } });
  });

  test("ends a message without tools with end_turn and the tokens it was told", async () => {
    const events = await stream(async (writer) => {
      await writer.text("x");
      await writer.finish({ outputTokens: 0 });
    });
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: "end_turn" }, usage: { output_tokens: 0 } });
  });

  test("streams the input of a tool in pieces that are whole characters and join to its JSON", async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()), async (input) => {
        const events = await stream(async (writer) => {
          await writer.toolUse({ id: "t", name: "X", input });
          await writer.finish();
        });
        const pieces = events.flatMap((event) =>
          event.type === "content_block_delta" && event.delta.type === "input_json_delta"
            ? [event.delta.partial_json]
            : [],
        );
        expect(pieces.every((piece) => Buffer.from(piece).toString() === piece)).toBe(true);
        expect(pieces.join("")).toBe(JSON.stringify(input));
      }),
    );
  });
});

describe("createWholeWriter", () => {
  test("delivers the same blocks as one message", async () => {
    const message = await whole(thinkSayCall);
    expect(message).toMatchObject({ role: "assistant", stop_reason: "tool_use", usage: { input_tokens: 7 } });
    expect(message.content).toMatchObject([
      { type: "thinking", thinking: "hm" },
      { type: "text", text: "Hello world" },
      { type: "tool_use", id: "toolu_1", input: { command: "date" } },
    ]);
  });
});
