import { createFakeClock } from "@steward/platform/clock";
import { expect, test } from "vitest";
import { createHeadStart } from "./head-start.ts";

const startWith = (...names: string[]) => {
  const clock = createFakeClock();
  const headStart = createHeadStart(clock);
  const done: string[] = [];
  for (const name of names) headStart.behind(() => done.push(name));
  return { clock, headStart, done };
};

test("the work follows soon, in its order", async () => {
  const { clock, headStart, done } = startWith("first", "second");
  expect(done).toEqual([]);
  await clock.advance(3);
  expect(done).toEqual(["first", "second"]);
  headStart.behind(() => done.push("third"));
  await clock.advance(3);
  expect(done).toEqual(["first", "second", "third"]);
});

test("whoever needs it done has it done, and it is done once", async () => {
  const { clock, headStart, done } = startWith("first");
  headStart.over();
  expect(done).toEqual(["first"]);
  headStart.over();
  await clock.advance(1_000);
  expect(done).toEqual(["first"]);
});
