import { createFakeClock } from "@steward/platform/clock";
import { expect, test } from "vitest";
import { createCoalescer } from "./coalescer.ts";

interface Item {
  stream: string | null;
  text: string;
}

const build = () => {
  const clock = createFakeClock();
  const sent: string[] = [];
  const coalescer = createCoalescer<Item>({
    clock,
    windowMs: 40,
    streamOf: ({ stream }) => stream,
    join: (first, second) =>
      second.text === "|" ? null : { stream: first.stream, text: first.text + second.text },
    emit: ({ text }) => sent.push(text),
  });
  const push = (text: string, stream: string | null = "a"): void => coalescer.push({ stream, text });
  return { clock, sent, coalescer, push };
};

test("the first item after a pause goes out at once, the next ones together at the end of the window", async () => {
  const { clock, sent, push } = build();
  push("1");
  expect(sent).toEqual(["1"]);
  push("2");
  push("3");
  expect(sent).toEqual(["1"]);
  await clock.advance(39);
  expect(sent).toEqual(["1"]);
  await clock.advance(1);
  expect(sent).toEqual(["1", "23"]);
});

test("a steady flow is sent once per window", async () => {
  const { clock, sent, push } = build();
  for (let n = 0; n < 10; n++) {
    push(String(n));
    await clock.advance(20);
  }
  await clock.advance(40);
  expect(sent.join("")).toBe("0123456789");
  expect(sent.length).toBeLessThanOrEqual(6);
});

test("after a quiet window the next item is a first one again", async () => {
  const { clock, sent, push } = build();
  push("1");
  await clock.advance(40);
  push("2");
  expect(sent).toEqual(["1", "2"]);
});

test("what cannot be joined goes out at once, after everything that waits", () => {
  const { sent, push } = build();
  push("1");
  push("2");
  push("!", null);
  expect(sent).toEqual(["1", "2", "!"]);
});

test("two that do not join keep their order", async () => {
  const { clock, sent, push } = build();
  push("1");
  push("2");
  push("|");
  await clock.advance(40);
  expect(sent).toEqual(["1", "2", "|"]);
});

test("streams are joined each for itself", async () => {
  const { clock, sent, push } = build();
  push("1", "a");
  push("2", "b");
  push("3", "a");
  push("4", "b");
  await clock.advance(40);
  expect(sent).toEqual(["1", "24", "3"]);
});

test("flushing sends what waits, stopping drops it", async () => {
  const { clock, sent, push, coalescer } = build();
  push("1");
  push("2");
  coalescer.flush();
  expect(sent).toEqual(["1", "2"]);
  push("3");
  coalescer.stop();
  await clock.advance(100);
  expect(sent).toEqual(["1", "2"]);
});
