import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
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
