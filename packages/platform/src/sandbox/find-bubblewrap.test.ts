import { expect, test } from "vitest";
import { createFakeSpawner } from "../process/index.ts";
import { findBubblewrap } from "./find-bubblewrap.ts";

test("on macOS there is none, and it is not looked for", async () => {
  const spawner = createFakeSpawner();
  const found = await findBubblewrap({ PATH: "/usr/bin" }, { spawner, platform: "darwin" });
  expect(found).toEqual({ ok: false, reason: "platform", detail: "darwin" });
  expect(spawner.processes).toEqual([]);
});
