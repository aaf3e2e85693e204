import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFakeClock } from "../fake-clock.ts";
import { createSystemView } from "./system-view-cache.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "steward-view-"));
  for (const folder of ["etc/app", "usr", "proc"]) mkdirSync(join(root, folder), { recursive: true });
  put("etc/app/key", 0o600);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const put = (name: string, mode: number): void => {
  writeFileSync(join(root, name), "x");
  chmodSync(join(root, name), mode);
};
const hidden = (view: ReturnType<typeof createSystemView>): string[] =>
  view().flatMap((mount) => (mount.kind === "nothing" ? [mount.path] : []));

test("a private file that is deleted is not mounted over, and one that is new is hidden", () => {
  const view = createSystemView(createFakeClock(), root);
  expect(hidden(view)).toEqual(["/etc/app/key"]);
  rmSync(join(root, "etc/app/key"));
  expect(hidden(view)).toEqual([]);
  put("etc/app/new", 0o600);
  put("etc/other", 0o640);
  expect(hidden(view).sort()).toEqual(["/etc/app/new", "/etc/other"]);
});

test("what is made private in place is hidden within a minute", async () => {
  const clock = createFakeClock();
  const view = createSystemView(clock, root);
  put("etc/app/late", 0o644);
  expect(hidden(view)).toEqual(["/etc/app/key"]);
  chmodSync(join(root, "etc/app/late"), 0o600);
  await clock.advance(60_000);
  expect(hidden(view)).toContain("/etc/app/late");
});

test("while nothing changes it is read once", () => {
  const view = createSystemView(createFakeClock(), root);
  expect(view()).toBe(view());
});
