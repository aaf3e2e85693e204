import { CliError } from "@steward/claude/cli-driver";
import { createSystemClock } from "@steward/platform/clock";
import { createSilentLogger } from "@steward/platform/logger";
import { describe, expect, test } from "vitest";
import { type CliLogin, EngineHost, type EngineHostDeps } from "./engine-host.ts";

const binary = { path: "/usr/bin/claude", version: "2.1.197", source: "path" as const };
const LOGGED_OUT: CliLogin = { loggedIn: false, method: null };
const LOGGED_IN: CliLogin = { loggedIn: true, method: "claude.ai" };

const build = (
  options: { login?: CliLogin | Error; found?: typeof binary | CliError; configured?: boolean } & Partial<
    Pick<EngineHostDeps, "hasCredentials" | "hasTelegram">
  > = {},
) => {
  const machine = {
    login: options.login ?? LOGGED_OUT,
    found: options.found ?? binary,
    configured: options.configured ?? false,
    finds: 0,
    logins: 0,
    ended: 0,
    demosStarted: 0,
    demosClosed: 0,
    demoFails: false,
  };
  const host = new EngineHost({
    probe: {
      find: async () => {
        machine.finds++;
        if (machine.found instanceof Error) throw machine.found;
        return machine.found;
      },
      login: async () => {
        machine.logins++;
        if (machine.login instanceof Error) throw machine.login;
        return machine.login;
      },
      end: async () => {
        machine.ended++;
      },
    },
    hasCredentials: options.hasCredentials ?? false,
    hasTelegram: options.hasTelegram ?? false,
    memory: {
      wasConfigured: () => machine.configured,
      rememberConfigured: () => {
        machine.configured = true;
      },
    },
    liveEnvironment: () => ({ KIND: "live" }),
    startDemo: async () => {
      machine.demosStarted++;
      if (machine.demoFails) throw new Error("no port");
      return {
        env: { KIND: "demo" },
        close: async () => {
          machine.demosClosed++;
        },
      };
    },
    clock: createSystemClock(),
    log: createSilentLogger(),
  });
  return { host, machine };
};

describe("with nothing configured and no login", () => {
  test("the demo answers, on one server for all, until the end", async () => {
    const { host, machine } = build();
    const [first, second] = await Promise.all([host.launch(), host.launch()]);
    expect(first).toEqual({ binary, env: { KIND: "demo" } });
    expect(second).toEqual(first);
    expect(machine.demosStarted).toBe(1);
    expect(host.status()).toEqual({
      mode: "demo",
      cli: { found: true, path: binary.path, version: "2.1.197", source: "path", login: null, problem: null },
    });
    await host.stop();
    expect(machine.demosClosed).toBe(1);
    expect(machine.configured).toBe(false);
  });

  test("a demo server that could not start is tried again by the next turn", async () => {
    const { host, machine } = build();
    machine.demoFails = true;
    await expect(host.launch()).rejects.toThrow("no port");
    machine.demoFails = false;
    expect((await host.launch()).env).toEqual({ KIND: "demo" });
    await host.stop();
  });
});

describe("once something was configured", () => {
  test.each([
    ["a login", { login: LOGGED_IN }],
    ["a key", { hasCredentials: true, login: LOGGED_IN }],
    ["a Telegram token", { hasTelegram: true, login: LOGGED_IN }],
  ])("%s is remembered, and the owner's own CLI answers", async (_, options) => {
    const { host, machine } = build(options);
    expect((await host.launch()).env).toEqual({ KIND: "live" });
    expect(host.kind).toBe("live");
    expect(machine.configured).toBe(true);
    expect(host.status().cli).toMatchObject({ login: "claude.ai", problem: null });
  });

  test.each([
    ["an earlier start", { configured: true }],
    ["a Telegram token", { hasTelegram: true }],
  ])("after %s a missing login is a clear error, never a demo", async (_, options) => {
    const { host, machine } = build(options);
    await expect(host.launch()).rejects.toMatchObject({ code: "cli_not_logged_in" });
    expect(machine.demosStarted).toBe(0);
    expect(host.status()).toMatchObject({
      mode: "live",
      cli: { found: true, login: null, problem: expect.stringContaining("not logged in") },
    });
  });

  test("who logs in while Steward runs is answered by the next turn", async () => {
    const { host, machine } = build({ configured: true });
    await expect(host.launch()).rejects.toMatchObject({ code: "cli_not_logged_in" });
    machine.login = LOGGED_IN;
    expect((await host.launch()).env).toEqual({ KIND: "live" });
    expect(host.status().cli).toMatchObject({ login: "claude.ai", problem: null });
    const asked = machine.logins;
    await host.launch();
    expect(machine.logins).toBe(asked);
  });
});

test("the login is asked for afresh, and the demo needs none", async () => {
  const { host, machine } = build({ configured: true });
  expect(await host.askLogin()).toBe(false);
  machine.login = LOGGED_IN;
  expect(await host.askLogin()).toBe(true);
  machine.login = new Error("gone") as never;
  expect(await host.askLogin()).toBeNull();
  expect(await build().host.askLogin()).toBe(true);
});

describe("a CLI that is not there", () => {
  test("is told, and looked for again by every turn until it is", async () => {
    const { host, machine } = build({ found: new CliError("cli_not_found", "no claude on PATH") });
    await expect(host.launch()).rejects.toMatchObject({ code: "cli_not_found" });
    expect(host.status()).toMatchObject({
      mode: "live",
      cli: { found: false, path: null, problem: expect.stringContaining("not found") },
    });
    machine.found = binary;
    expect(await host.launch()).toMatchObject({ binary, env: { KIND: "live" } });
    expect(host.status().cli).toMatchObject({ found: true, problem: null });
  });

  test("never leads to the demo: whether there is a login is not known", async () => {
    const { host, machine } = build({ found: new CliError("cli_too_old", "1.0.0") });
    await host.decided();
    expect(host.kind).toBe("live");
    expect(machine.configured).toBe(false);
  });
});

test("a login that cannot be asked for is left to the CLI itself, in the turn", async () => {
  const { host } = build({ login: new CliError("cli_spawn_failed", "timeout") });
  expect((await host.launch()).env).toEqual({ KIND: "live" });
  expect(host.status().cli).toMatchObject({ login: null, problem: null });
});

test("finding out runs once, in the background, and nobody waits for it before a turn does", async () => {
  const { host, machine } = build({ login: LOGGED_IN });
  host.start();
  host.start();
  expect(host.status()).toMatchObject({ mode: "live", cli: { found: false, problem: null } });
  await host.decided();
  expect([machine.finds, machine.logins]).toEqual([1, 1]);
});

test("ending while it is still being found out ends the asking, and no demo that never was", async () => {
  const { host, machine } = build();
  host.start();
  await host.stop();
  expect([machine.ended, machine.demosClosed]).toEqual([1, 0]);
});
