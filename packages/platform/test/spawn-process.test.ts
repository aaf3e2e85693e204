import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { type ManagedProcess, runCommand, type SpawnOptions, spawnProcess } from "../src/process/index.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}.mjs`, import.meta.url));
const started: ManagedProcess[] = [];

afterEach(async () => {
  for (const child of started) child.kill("SIGKILL");
  await Promise.all(started.splice(0).map(({ exited }) => exited));
});

async function start(
  name: string,
  options: Partial<SpawnOptions> = {},
): Promise<{ child: ManagedProcess; out(): string }> {
  let out = "";
  const result = await spawnProcess({
    command: process.execPath,
    ...options,
    args: [fixture(name), ...(options.args ?? [])],
    env: options.env ?? {},
    onStdout: (chunk) => {
      out += chunk.toString("latin1");
    },
  });
  if (!result.ok) throw result.error;
  started.push(result.process);
  return { child: result.process, out: () => out };
}

describe("a spawned process", () => {
  test("gets exactly the environment it was given", async () => {
    const { child, out } = await start("echo-env", { env: { ONLY: "this" } });
    await child.drained;
    expect(JSON.parse(out())).toEqual({ ONLY: "this" });
  });

  test("reads what is written and goes when its input ends", async () => {
    const { child, out } = await start("read-to-end");
    expect(child.stdin.write(Buffer.alloc(5_000_000, "x"))).toBe(true);
    child.stdin.end();
    expect(await child.drained).toEqual({ code: 0, signal: null });
    expect(out()).toBe("5000000");
  });

  test("reports its exit code and the end of its stderr", async () => {
    const { child } = await start("crash");
    expect(await child.drained).toEqual({ code: 3, signal: null });
    expect(child.stderrTail()).toBe("the reason\n");
  });

  test("row 18: is not stopped by a full stderr pipe, of which only the tail is kept", async () => {
    const { child, out } = await start("stderr-flood", { args: [String(20 * 1_048_576)] });
    await child.drained;
    expect(out()).toBe("done\n");
    expect(child.stderrTail()).toHaveLength(65_536);
    expect(child.stderrTail().endsWith("xthe end")).toBe(true);
  });

  test("leads a process group of its own, which the signal reaches", async () => {
    const { child } = await start("wait");
    expect(child.kill("SIGTERM")).toBe(true);
    expect(await child.exited).toEqual({ code: null, signal: "SIGTERM" });
    expect(child.kill("SIGKILL")).toBe(false);
  });

  test("row 21: that closes its input costs no exception, before and after its exit, and the writer is told once", async () => {
    let told = 0;
    let onBroken: () => void = () => undefined;
    const broken = new Promise<void>((resolve) => {
      onBroken = resolve;
    });
    const { child } = await start("close-stdin", {
      onInputBroken: () => {
        told += 1;
        onBroken();
      },
    });
    for (let round = 0; round < 20; round++) child.stdin.write(Buffer.alloc(262_144, "x"));
    await broken;
    expect(child.stdin.write("refused")).toBe(false);
    child.kill("SIGKILL");
    await child.drained;
    expect(child.stdin.write("late")).toBe(false);
    child.stdin.end();
    expect(told).toBe(1);
  });

  test("row 20: counts as drained 2 s after its exit although a grandchild holds its stdout", async () => {
    const { child, out } = await start("hold-stdout");
    const exit = await child.exited;
    const exitedAtMs = performance.now();
    expect(exit.code).toBe(0);
    await child.drained;
    const waitedMs = performance.now() - exitedAtMs;
    process.kill(Number(out()), "SIGKILL");
    expect(waitedMs).toBeGreaterThan(1_900);
    expect(waitedMs).toBeLessThan(4_000);
  });
});

describe("a program that cannot be started is a typed result", () => {
  const folder = mkdtempSync(join(tmpdir(), "steward-spawn-"));
  const plain = join(folder, "plain.txt");
  writeFileSync(plain, "not a program");
  chmodSync(plain, 0o644);

  test.each<[string, SpawnOptions, string]>([
    ["no such program", { command: join(folder, "absent"), env: {} }, "not_found"],
    ["not on PATH", { command: "steward-no-such-program", env: { PATH: folder } }, "not_found"],
    ["not executable", { command: plain, env: {} }, "not_executable"],
    ["a directory", { command: folder, env: {} }, "not_executable"],
    [
      "no working directory",
      { command: process.execPath, cwd: join(folder, "gone"), env: {} },
      "cwd_missing",
    ],
    ["a file as working directory", { command: process.execPath, cwd: plain, env: {} }, "cwd_missing"],
    [
      "an argument too long",
      { command: process.execPath, args: ["x".repeat(300_000)], env: {} },
      "argument_too_long",
    ],
    ["a NUL in an argument", { command: process.execPath, args: ["a\0b"], env: {} }, "failed"],
  ])("%s", async (_what, options, code) => {
    const result = await spawnProcess(options);
    expect(result.ok ? "started" : result.error.code).toBe(code);
  });
});

describe("runCommand", () => {
  const node = (script: string): { command: string; args: string[]; env: Record<string, string> } => ({
    command: process.execPath,
    args: ["-e", script],
    env: {},
  });

  test("gives both outputs and the code", async () => {
    const result = await runCommand({
      ...node("console.log('out'); console.error('err'); process.exitCode = 4"),
      timeoutMs: 20_000,
    });
    expect(result).toEqual({ ok: true, code: 4, signal: null, stdout: "out\n", stderr: "err\n" });
  });

  test("ends a program that takes too long", async () => {
    const result = await runCommand({ ...node("setInterval(() => {}, 1000)"), timeoutMs: 300 });
    expect(result).toMatchObject({ ok: false, reason: "timeout" });
  });

  test("ends a program that says too much", async () => {
    const result = await runCommand({
      ...node("setInterval(() => process.stdout.write('x'.repeat(50000)), 1)"),
      timeoutMs: 20_000,
      maxOutputBytes: 100_000,
    });
    expect(result).toMatchObject({ ok: false, reason: "too_much_output" });
  });

  test("passes a spawn failure on", async () => {
    const result = await runCommand({ command: "/no/such/program", env: {}, timeoutMs: 1_000 });
    expect(result).toMatchObject({ ok: false, reason: "spawn", error: { code: "not_found" } });
  });
});
