import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { createParentTie, createProcessSpawner, createProcessTable } from "../src/process/index.ts";

const PARENT = fileURLToPath(new URL("./fixtures/parent-of-sleeper.mjs", import.meta.url));
const tie = createParentTie();
if (!tie.available) console.warn("no setpriv on this machine: programs are not tied to their parent here");

/** A parent that starts a sleeper, tied or not; resolves with both pids. */
const startParent = async (mode: "tied" | "untied"): Promise<{ parent: number; sleeper: number }> => {
  const child = spawn(process.execPath, [PARENT, mode], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
  return { parent: child.pid ?? 0, sleeper: Number(line) };
};
const lives = (pid: number): boolean =>
  createProcessTable()
    .list()
    .some((entry) => entry.pid === pid && !entry.isZombie);

describe("a program that is to die with its parent", () => {
  test.runIf(tie.available)("is gone when the parent was killed; one that is not stays", async () => {
    const tied = await startParent("tied");
    const untied = await startParent("untied");
    process.kill(tied.parent, "SIGKILL");
    process.kill(untied.parent, "SIGKILL");
    await expect.poll(() => lives(tied.sleeper), { timeout: 1_000, interval: 5 }).toBe(false);
    expect(lives(untied.sleeper)).toBe(true);
    process.kill(untied.sleeper, "SIGKILL");
  });

  test("fails as itself when it cannot be run", async () => {
    const result = await createProcessSpawner().spawn({ command: "/no/such", env: {}, dieWithParent: true });
    expect(result).toMatchObject({ ok: false, error: { code: "not_found", command: "/no/such" } });
  });

  test("is started as it is where the system cannot tie it", () => {
    const without = createParentTie(["/no/setpriv"]);
    const line = { command: process.execPath, args: ["-v"] };
    expect(without).toMatchObject({ available: false });
    expect(without.tied(line)).toEqual(line);
  });
});
