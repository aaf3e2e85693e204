import { failpoint as harmless } from "@steward/platform/failpoint";
import { expect, test } from "vitest";
import { createFailpoint, parseFailpoints } from "./armed-failpoint.ts";

const record = () => {
  const done: string[] = [];
  const actions = {
    kill: () => void done.push("kill"),
    sleep: (ms: number) => void done.push(`sleep ${ms}`),
    trace: (line: string) => void done.push(line.trim()),
  };
  return { done, actions };
};

test("acts on the passes it was told, of the point it was told", () => {
  const { done, actions } = record();
  const point = createFailpoint(parseFailpoints("turn.started=kill:2,tool.after_mark=sleep(40):2-"), actions);
  point("turn.started");
  point("tool.after_mark");
  expect(done).toEqual([]);
  point("turn.started");
  point("turn.started");
  point("tool.after_mark");
  point("tool.after_mark");
  expect(done).toEqual(["kill", "sleep 40", "sleep 40"]);
});

test("throws with the code it was told, as often as it was told", () => {
  const point = createFailpoint(parseFailpoints("result.before_commit=throw(SQLITE_FULL):1-2"));
  const full = expect.objectContaining({ code: "SQLITE_FULL" }) as Error;
  expect(() => point("result.before_commit")).toThrow(full);
  expect(() => point("result.before_commit")).toThrow(full);
  expect(() => point("result.before_commit")).not.toThrow();
});

test("traces every point under a star", () => {
  const { done, actions } = record();
  const point = createFailpoint(parseFailpoints("*=trace"), actions);
  point("boot.locked");
  expect(done).toEqual(["failpoint boot.locked"]);
});

test.each(["turn.nowhere=kill", "turn.started=burn", "turn.started", "turn.started=kill:x"])(
  "refuses %s instead of arming nothing",
  (text) => {
    expect(() => parseFailpoints(text)).toThrow(TypeError);
  },
);

test("is not what anybody gets who does not ask node for it", () => {
  expect(harmless).not.toBe(undefined);
  expect(harmless.toString()).not.toContain("passes");
});
