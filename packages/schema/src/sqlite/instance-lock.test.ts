import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { acquireInstanceLock, InstanceLockedError } from "./instance-lock.ts";

let folder: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "steward-lock-"));
});
afterEach(() => {
  child?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const holdElsewhere = async (path: string): Promise<ChildProcess> => {
  const program = `
    import { acquireInstanceLock } from ${JSON.stringify(new URL("./instance-lock.ts", import.meta.url).href)};
    globalThis.held = acquireInstanceLock(${JSON.stringify(path)}, { pid: process.pid, since: 1000, version: "t" });
    process.stdout.write("held");
    setInterval(() => undefined, 1000);`;
  const started = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (started.stdout) await once(started.stdout, "data");
  return started;
};

describe("acquireInstanceLock", () => {
  test("refuses while another process holds it, names that process, and is free at once after its kill -9", async () => {
    const path = join(folder, "lock.db");
    child = await holdElsewhere(path);
    const attempt = () => acquireInstanceLock(path, { pid: process.pid, since: 0, version: "t" });
    expect(attempt).toThrow(InstanceLockedError);
    expect(attempt).toThrow(`process ${child.pid}`);
    child.kill("SIGKILL");
    await once(child, "exit");
    attempt().release();
  });
});
