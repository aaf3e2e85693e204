import { expect, test } from "vitest";
import { createTurnRepository } from "../src/turns/turn-repository.ts";
import { startCore, until } from "./test-core.ts";

/** A turn that runs, by the repository alone: nobody beside it asks first. */
const running = async () => {
  const t = await startCore();
  t.driver.script = () => undefined;
  const id = t.submit("hello");
  await until(() => t.core.turns.get(id)?.state === "running", "it runs");
  const turns = createTurnRepository(t.database);
  return { id, turns, fence: turns.find(id)?.fence ?? 0 };
};

test("a turn is put back only by whoever runs it, and not any more once it has started a tool", async () => {
  const { id, turns, fence } = await running();
  expect(turns.putBack(id, fence - 1, 0)).toBe(false);
  expect(turns.putBack(id, fence, 0)).toBe(true);
  expect(turns.find(id)).toMatchObject({ state: "queued", attempt: 0 });

  const other = await running();
  expect(other.turns.markTool(other.id, other.fence - 1, 0)).toBe(false);
  expect(other.turns.markTool(other.id, other.fence, 0)).toBe(true);
  expect(other.turns.putBack(other.id, other.fence, 0)).toBe(false);
  expect(other.turns.requeue(other.id, other.fence - 1, 0)).toBe(false);
  expect(other.turns.find(other.id)).toMatchObject({ state: "running", toolCount: 1 });
});
