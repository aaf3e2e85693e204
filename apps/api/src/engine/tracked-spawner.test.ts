import { createSystemClock } from "@steward/platform/clock";
import { expect, test } from "vitest";
import { createTrackedSpawner } from "./tracked-spawner.ts";

const forever = { command: process.execPath, args: ["-e", "setInterval(() => {}, 1000)"], env: {} };

test("ends what still runs, and what is started while it does", async () => {
  const spawner = createTrackedSpawner({ clock: createSystemClock() });
  const first = await spawner.spawn(forever);
  const late = spawner.spawn(forever);
  await spawner.endAll();
  const second = await late;
  if (!first.ok || !second.ok) throw new Error("could not be started");
  expect((await first.process.exited).signal).toBe("SIGTERM");
  expect((await second.process.exited).signal).toBe("SIGTERM");
});

test("has nothing to end when everything has ended by itself", async () => {
  const spawner = createTrackedSpawner({ clock: createSystemClock() });
  const spawned = await spawner.spawn({ command: process.execPath, args: ["-e", ""], env: {} });
  if (!spawned.ok) throw spawned.error;
  expect(await spawned.process.exited).toEqual({ code: 0, signal: null });
  await spawner.endAll();
});
