import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createSystemClock } from "../clock.ts";
import { createProcessLimit } from "./process-limit.ts";

const clock = createSystemClock();

test("groups that a killed service left are taken away, those just made and those of others are not", () => {
  // A plain folder stands in for the kernel's: what is looked at is which ones are removed.
  const root = mkdtempSync(join(tmpdir(), "steward-groups-"));
  const parent = join(root, "pids");
  mkdirSync(parent);
  for (const group of [root, parent]) writeFileSync(join(group, "cgroup.procs"), "");
  const groups = ["steward-old", "steward-new", "system.slice"].flatMap((name) => [
    join(root, name),
    join(parent, name),
  ]);
  for (const group of groups) mkdirSync(group);
  const longAgo = new Date(Date.now() - 3_600_000);
  for (const group of groups.filter((path) => !path.endsWith("new"))) utimesSync(group, longAgo, longAgo);
  expect(createProcessLimit("mine", 10, clock, root)).not.toBeNull();
  const left = (name: string) =>
    [join(root, name), join(parent, name)].filter((path) => existsSync(path)).length;
  // It looks where it makes its own, which is in one of the two.
  expect(left("steward-old")).toBe(1);
  expect(left("steward-new")).toBe(2);
  expect(left("system.slice")).toBe(2);
  expect(left("steward-mine")).toBe(1);
  rmSync(root, { recursive: true });
});
