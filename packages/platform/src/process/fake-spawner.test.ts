import { expect, test } from "vitest";
import { createFakeClock } from "../clock.ts";
import { endProcessTree } from "./end-process-tree.ts";
import { createFakeSpawner } from "./fake-spawner.ts";

const NOBODY = {
  list: () => [],
  environmentValues: () => ({ values: new Map<number, string>(), unreadYet: [] }),
};

test("a fake process records its input and answers on stdout", async () => {
  const seen: string[] = [];
  const spawner = createFakeSpawner({ onInput: (process, text) => process.stdout(`echo ${text}`) });
  const result = await spawner.spawn({
    command: "x",
    env: {},
    onStdout: (chunk) => seen.push(chunk.toString()),
  });
  if (!result.ok) throw result.error;
  result.process.stdin.write("hello");
  expect(seen).toEqual(["echo hello"]);
  result.process.stdin.end();
  expect(await result.process.exited).toEqual({ code: 0, signal: null });
  expect(result.process.stdin.write("late")).toBe(false);
});

test("a fake process can ignore everything but SIGKILL, and the escalation takes its full times", async () => {
  const clock = createFakeClock(0);
  const spawner = createFakeSpawner({
    onInputEnd: () => undefined,
    onSignal: (process, signal) => {
      if (signal === "SIGKILL") process.exit({ signal });
    },
  });
  const result = await spawner.spawn({ command: "x", env: {} });
  if (!result.ok) throw result.error;
  const ending = endProcessTree(result.process, undefined, { clock, table: NOBODY });
  await clock.advance(11_999);
  expect(spawner.processes[0]?.signals).toEqual(["SIGTERM"]);
  await clock.advance(1);
  expect(await ending).toMatchObject({ endedBy: "kill", exit: { signal: "SIGKILL" } });
});

test("a spawn can be made to fail once", async () => {
  const spawner = createFakeSpawner();
  spawner.failNext("not_found");
  expect(await spawner.spawn({ command: "x", env: {} })).toMatchObject({
    ok: false,
    error: { code: "not_found" },
  });
  expect(await spawner.spawn({ command: "x", env: {} })).toMatchObject({ ok: true });
});
