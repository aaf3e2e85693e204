import { createFakeClock } from "@steward/platform/clock";
import { afterEach, describe, expect, test } from "vitest";
import { messagesBody, postJson, readEvents, readText, textDelta } from "../test/call-model.ts";
import { type DemoModel, type DemoModelOptions, startDemoModel } from "./server.ts";

const running: DemoModel[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((model) => model.close()));
});

async function start(options: Partial<DemoModelOptions> = {}): Promise<DemoModel> {
  const model = await startDemoModel({ port: 0, ...options });
  running.push(model);
  return model;
}

const reply = (text: string) => () => ({ text, wordDelayMs: 100, tool: null });

describe("startDemoModel", () => {
  test("makes a key of its own and answers nobody without it", async () => {
    const [first, second] = [await start(), await start()];
    expect(first.apiKey).not.toBe(second.apiKey);
    expect((await postJson(`${first.url}/v1/messages`, second.apiKey, messagesBody("hi"))).status).toBe(401);
  });

  test("streams word by word at the reply's pace", async () => {
    const clock = createFakeClock();
    const model = await start({ clock, reply: reply("one two three") });
    const words: string[] = [];
    const response = await postJson(`${model.url}/v1/messages`, model.apiKey, messagesBody("hi"));
    for await (const { data } of readEvents(response)) {
      const word = textDelta(data);
      if (word === "") continue;
      words.push(word);
      // The next word is not even written before the clock moves.
      await until(() => clock.pendingTimers() === 1);
      await clock.advance(100);
    }
    expect(words).toEqual(["one", " two", " three"]);
  });

  test("does not wait when nothing is streamed, and costs no tokens", async () => {
    const model = await start({ clock: createFakeClock(), reply: reply("one two three") });
    const body = messagesBody("hi", { stream: false });
    const response = await postJson(`${model.url}/v1/messages`, model.apiKey, body);
    expect(await response.json()).toMatchObject({
      content: [{ type: "text", text: "one two three" }],
      usage: { input_tokens: 0, output_tokens: 0 },
    });
  });

  test("gives a title when the CLI asks for one, not a reply", async () => {
    const model = await start({ reply: reply("wrong") });
    const format = { type: "json_schema", schema: { type: "object", properties: { title: {} } } };
    const body = messagesBody("<session>\nhello\n</session>", { output_config: { format } });
    const response = await postJson(`${model.url}/v1/messages`, model.apiKey, body);
    expect(JSON.parse(await readText(response))).toEqual({ title: "hello" });
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}
