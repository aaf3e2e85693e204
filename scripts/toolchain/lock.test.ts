import { spawn } from "node:child_process";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { withLock } from "./lock.mjs";

const LOCK_MODULE = new URL("./lock.mjs", import.meta.url).href;

function lockFile(): string {
  return join(temporaryFolder(), "work.lock");
}

test("processes hold the lock one after the other, also when all find a stale one", async () => {
  const file = lockFile();
  symlinkSync("4194305", file);
  const log = `${file}.log`;
  const source = `
    const { withLock } = await import(${JSON.stringify(LOCK_MODULE)});
    const { appendFileSync } = await import("node:fs");
    await withLock(${JSON.stringify(file)}, async () => {
      appendFileSync(${JSON.stringify(log)}, "in ");
      await new Promise((resolve) => setTimeout(resolve, 50));
      appendFileSync(${JSON.stringify(log)}, "out ");
    }, () => {});`;
  const exits = Array.from({ length: 4 }, () => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", source], { stdio: "inherit" });
    return new Promise((resolve) => child.once("exit", resolve));
  });
  expect(await Promise.all(exits)).toEqual([0, 0, 0, 0]);
  expect(readFileSync(log, "utf8")).toBe("in out ".repeat(4));
  expect(existsSync(file)).toBe(false);
});

test("who waits is told once for whom", async () => {
  const file = lockFile();
  const waits: number[] = [];
  const first = withLock(
    file,
    () => new Promise((resolve) => setTimeout(resolve, 500)),
    () => undefined,
  );
  await withLock(
    file,
    async () => undefined,
    (pid) => waits.push(pid),
  );
  await first;
  expect(waits).toEqual([process.pid]);
});

test("a failure frees the lock", async () => {
  const file = lockFile();
  await expect(
    withLock(
      file,
      () => Promise.reject(new Error("no")),
      () => undefined,
    ),
  ).rejects.toThrow("no");
  expect(existsSync(file)).toBe(false);
});
