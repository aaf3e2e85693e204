import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const PRELOAD = new URL("./leave-with-parent.mjs", import.meta.url).href;
const WAITS = "console.log('begun'); setInterval(() => undefined, 1_000)";

const start = (parentPid: number) =>
  spawn(process.execPath, ["--import", PRELOAD, "-e", WAITS], {
    env: { STEWARD_PARENT_PID: String(parentPid) },
    stdio: ["ignore", "pipe", "inherit"],
  });

test("a program whose supervisor was gone before it had begun ends itself", async () => {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  const child = start(pid);
  const [, signal] = (await once(child, "exit")) as [number | null, string | null];
  expect(signal).toBe("SIGTERM");
});

test("a program that is watched for changes lives as long as its supervisor, not its watcher's", async () => {
  const folder = mkdtempSync(join(tmpdir(), "steward-watched-"));
  const entry = join(folder, "entry.mjs");
  writeFileSync(entry, "console.log(process.pid); setInterval(() => undefined, 1_000)");
  const supervisor = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1_000)"], {
    stdio: "ignore",
  });
  const watcher = spawn(
    process.execPath,
    ["--watch", "--watch-preserve-output", "--import", PRELOAD, entry],
    {
      env: { STEWARD_PARENT_PID: String(supervisor.pid) },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  try {
    let output = "";
    watcher.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    await expect.poll(() => /^\d+$/m.test(output), { timeout: 10_000 }).toBe(true);
    // Three of its looks.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(output).not.toMatch(/Completed running|Failed running/);
    supervisor.kill("SIGKILL");
    await once(supervisor, "exit");
    await expect.poll(() => output, { timeout: 10_000 }).toMatch(/Completed running|Failed running/);
  } finally {
    supervisor.kill("SIGKILL");
    watcher.kill("SIGTERM");
    rmSync(folder, { recursive: true });
  }
});

test("a program whose supervisor lives goes on until it is ended", async () => {
  const child = start(process.pid);
  let ended = false;
  child.once("exit", () => {
    ended = true;
  });
  await once(child.stdout, "data");
  // Three of its looks.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(ended).toBe(false);
  child.kill("SIGKILL");
  await once(child, "exit");
});
