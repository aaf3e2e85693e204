import type { CliConfinement } from "@steward/claude/cli-confinement";
import type { CliLaunch, CliPermissionMode } from "@steward/claude/cli-driver";
import { createSilentLogger } from "@steward/platform/logger";
import { createFakeSpawner, type SpawnOptions } from "@steward/platform/process";
import type { Sandbox, SandboxProblem } from "@steward/platform/sandbox";
import { expect, test } from "vitest";
import { SandboxHost, type SandboxHostDeps } from "./sandbox-host.ts";

const NO_SANDBOX: Sandbox = {
  spawn: () => Promise.reject(new Error("nothing is started here")),
  run: () => Promise.reject(new Error("nothing is run here")),
};

const build = (more: Partial<SandboxHostDeps> = {}) => {
  const started: { where: "plain" | "sandbox"; env: Readonly<Record<string, string>> }[] = [];
  const spawner = createFakeSpawner();
  const recording = (where: "plain" | "sandbox"): CliConfinement => ({
    spawn: async (options) => {
      started.push({ where, env: options.env });
      return await spawner.spawn(options);
    },
  });
  const host = new SandboxHost({
    setting: "auto",
    bypassWithout: false,
    examine: async () => ({ holds: true, sandbox: NO_SANDBOX, durationMs: 1 }),
    confine: () => recording("sandbox"),
    confineGit: () => async () => ({ ok: true, code: 0, signal: null, stdout: "confined", stderr: "" }),
    plain: recording("plain"),
    isRoot: true,
    log: createSilentLogger(),
    ...more,
  });
  const open = (permissionMode?: CliPermissionMode) => {
    const options: SpawnOptions = { command: "/usr/bin/claude", env: {} };
    const launch = { permissionMode } as CliLaunch;
    return host.spawn(options, launch);
  };
  return { host, open, started };
};

const without =
  (problem: SandboxProblem, detail: string): SandboxHostDeps["examine"] =>
  async () => ({ holds: false, problem, detail });

test("a proved sandbox is used, and bypass may be chosen", async () => {
  const { host, open, started } = build();
  await open("bypassPermissions");
  expect(started.map(({ where }) => where)).toEqual(["sandbox"]);
  expect(host.status()).toEqual({ setting: "auto", active: true, problem: null, message: null });
  expect(host.refuseBypass()).toBeNull();
});

test("git of Steward's own is shut in where the CLI is, and nowhere else", async () => {
  const command = {
    command: "/bin/echo",
    args: ["plain"],
    cwd: "/",
    env: {},
    timeoutMs: 5_000,
    writes: null,
  };
  expect(await build().host.runGit(command)).toMatchObject({ stdout: "confined" });
  const { host } = build({ examine: without("missing", "no bwrap") });
  expect(await host.runGit(command)).toMatchObject({ stdout: "plain\n" });
});

test.each([
  ["missing", "no bwrap", "bubblewrap is not installed"],
  ["leaks", "read_data", "does not hold (read_data)"],
] as const)(
  "auto without one (%s) runs plainly, says why, and refuses bypass",
  async (problem, detail, said) => {
    const { host, open, started } = build({ examine: without(problem, detail) });
    await open();
    expect(started).toEqual([{ where: "plain", env: {} }]);
    expect(host.status()).toMatchObject({ active: false, problem, message: expect.stringContaining(said) });
    expect(host.refuseBypass()).toContain("needs a working sandbox");
    await expect(open("bypassPermissions")).rejects.toMatchObject({ code: "cli_unconfined" });
    expect(started).toHaveLength(1);
  },
);

test("required and not there: nothing is started", async () => {
  const { open, started } = build({ setting: "require", examine: without("missing", "no bwrap") });
  await expect(open()).rejects.toMatchObject({ code: "cli_unconfined" });
  expect(started).toEqual([]);
});

test("off asks nobody", async () => {
  const { host, open, started } = build({
    setting: "off",
    examine: () => Promise.reject(new Error("asked")),
  });
  await open();
  expect(started.map(({ where }) => where)).toEqual(["plain"]);
  expect(host.status()).toMatchObject({ setting: "off", active: false, problem: null });
});

test("bypass without a sandbox takes the owner's word; only then root's CLI is told that it may", async () => {
  const { host, open, started } = build({ setting: "off", bypassWithout: true });
  await open("bypassPermissions");
  await open();
  expect(started.map(({ env }) => env.IS_SANDBOX)).toEqual(["1", undefined]);
  expect(host.refuseBypass()).toBeNull();
});

test("until it is known, bypass is not yet to be had", () => {
  expect(build().host.refuseBypass()).toContain("still being tried out");
});
