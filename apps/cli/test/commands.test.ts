import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { layOutData, makeHome, runSteward, TEST_TOKEN } from "./run-steward.ts";
import { StewardDouble } from "./steward-double.ts";

let double: StewardDouble;
let home: string;

beforeEach(async () => {
  double = await new StewardDouble(TEST_TOKEN).start();
  home = makeHome();
  layOutData(home);
});
afterEach(async () => {
  await double.stop();
  expect(double.violations).toEqual([]);
});

const run = (...args: string[]) => runSteward(args, { home, port: double.port });
const runInChinese = (...args: string[]) =>
  runSteward(args, { home, port: double.port, env: { LANG: "zh_CN.UTF-8" } });

const entry = (userId: string, username: string | null, role: "owner" | "user") => ({
  botId: "123",
  userId,
  role,
  username,
  name: "Ada",
  createdAt: Date.UTC(2026, 10, 20, 12),
});

describe("help", () => {
  test("names every command, with examples", async () => {
    const { code, stdout } = await run("--help");
    expect(code).toBe(0);
    for (const name of ["chat", "pair", "token", "status", "doctor"])
      expect(stdout).toContain(`\n  ${name} `);
    expect(stdout).toContain('steward chat "What is in my downloads folder?"');
  });

  test("is in the person's language", async () => {
    const { stdout } = await runInChinese("chat", "--help");
    expect(stdout).toContain("用法：");
    expect(stdout).toContain("示例：");
    expect(stdout).not.toMatch(/Usage|Options|Arguments/);
  });

  test("comes without a command too, as a mistake", async () => {
    const { code, stdout, stderr } = await run();
    expect(code).toBe(2);
    expect(stdout + stderr).toContain("Usage:");
  });

  test("--version is a version", async () => {
    expect((await run("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("wrong usage", () => {
  test("an unknown command brings the nearest one", async () => {
    const { code, stderr } = await run("docter");
    expect(code).toBe(2);
    expect(stderr).toBe("✗ There is no command “docter”. Did you mean “doctor”?\n");
  });

  test("an unknown option brings the nearest one", async () => {
    expect((await run("chat", "--jsn", "x")).stderr).toBe(
      "✗ There is no option “--jsn” here. Did you mean “--json”?\n",
    );
  });

  test("what is missing is named", async () => {
    expect(await runInChinese("pair", "approve")).toMatchObject({
      code: 2,
      stderr: "✗ 缺少“code”。 加上 --help 可查看用法。\n",
    });
  });
});

test("too much is said to be too much", async () => {
  expect((await run("pair", "ABCD")).stderr).toContain("more than “pair” takes");
});

describe("pair", () => {
  test("lists who waits", async () => {
    const now = Date.now();
    double.on("listPairingRequests", () => ({
      body: [
        {
          code: "ACDEFGHJ",
          botId: "123",
          userId: "42",
          chatId: "42",
          username: "ada",
          name: "Ada \u001b[31m",
          createdAt: now,
          expiresAt: now + 30 * 60_000,
        },
      ],
    }));
    const { code, stdout, stderr } = await run("pair");
    expect(code).toBe(0);
    expect(stdout).toBe(
      "CODE      BOT  USER  NAME            EXPIRES IN\nACDEFGHJ  123  42    Ada ␛[31m @ada  30 min\n",
    );
    expect(stderr).toContain("pair approve CODE");
  });

  test("says how to get a code when nobody waits", async () => {
    double.on("listPairingRequests", () => ({ body: [] }));
    expect((await run("pair")).stdout).toContain("/start");
  });

  test("approve takes the code as people type it, and passes the warning on", async () => {
    double.on("approvePairing", () => ({
      body: { entry: entry("42", "ada", "owner"), warning: "2 people now share this bot." },
    }));
    const { code, stdout, stderr } = await run("pair", "approve", "acde-fghj");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "✓ Ada @ada (42) may use bot 123, as owner.\n" });
    expect(stderr).toBe("! 2 people now share this bot.\n");
    expect(double.callsOf("approvePairing")[0]?.body).toEqual({ code: "ACDEFGHJ", language: "en" });
  });

  test("approve of an unknown code fails with the next step", async () => {
    double.on("approvePairing", () => ({
      status: 404,
      body: { detail: "unknown", code: "pairing_code_invalid" },
    }));
    const { code, stderr } = await run("pair", "approve", "XXXXXXXX");
    expect(code).toBe(1);
    expect(stderr).toContain("`steward pair` lists who waits");
  });

  test("list shows who has access", async () => {
    double.on("listAccess", () => ({ body: [entry("42", "ada", "owner"), entry("7", null, "user")] }));
    expect((await run("pair", "list")).stdout).toBe(
      [
        "BOT  USER  NAME      ROLE   SINCE",
        "123  42    Ada @ada  owner  2026-11-20 12:00",
        "123  7     Ada       user   2026-11-20 12:00",
        "",
      ].join("\n"),
    );
  });

  test("revoke takes a person by number or by name", async () => {
    double.on("listAccess", () => ({ body: [entry("42", "Ada", "owner")] }));
    double.on("revokeAccess", () => ({ body: { revoked: true } }));
    expect((await run("pair", "revoke", "123", "@ada")).code).toBe(0);
    expect((await run("pair", "revoke", "123", "7")).code).toBe(0);
    expect(double.callsOf("revokeAccess").map(({ params }) => params)).toEqual([
      { botId: "123", userId: "42" },
      { botId: "123", userId: "7" },
    ]);
  });

  test("revoke of somebody without access fails", async () => {
    double.on("listAccess", () => ({ body: [] }));
    const { code, stderr } = await run("pair", "revoke", "123", "@nobody");
    expect(code).toBe(1);
    expect(stderr).toContain("@nobody");
    expect(double.callsOf("revokeAccess")).toEqual([]);
  });
});

describe("token", () => {
  test("is not shown unless asked for: only where it lies", async () => {
    const { code, stdout, stderr } = await run("token");
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `${join(home, ".steward", "token")}\n`,
      stderr: "",
    });
  });

  test("--show prints it alone, --gateway-url within the address telegram-claude-hero takes", async () => {
    expect((await run("token", "--show")).stdout).toBe(`${TEST_TOKEN}\n`);
    expect((await run("token", "--gateway-url")).stdout).toBe(
      `http://any:${TEST_TOKEN}@127.0.0.1:${double.port}\n`,
    );
  });

  test("that others can read is not used, and not shown", async () => {
    chmodSync(join(home, ".steward", "token"), 0o644);
    const { code, stdout, stderr } = await run("token", "--show");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("steward doctor");
    expect(stderr).not.toContain(TEST_TOKEN);
  });
});

test("status shows the service, its bots and the sessions that are awake", async () => {
  const now = Date.now();
  double.on("system", () => ({
    body: {
      version: "0.1.0",
      mode: "live",
      startedAt: now - 3 * 3_600_000,
      cli: {
        found: true,
        path: "/usr/bin/claude",
        version: "2.1.328",
        source: "path",
        login: "ANTHROPIC_API_KEY",
        problem: null,
      },
      sessions: { live: 1, max: 12, queued: 0 },
    },
  }));
  double.on("listBots", () => ({
    body: [
      {
        id: "123",
        kind: "telegram",
        username: "ada_bot",
        state: "conflict",
        stateDetail: "another poller",
        stateAt: now - 120_000,
        ackedThrough: 9,
      },
      {
        id: "cli",
        kind: "local",
        username: null,
        state: "unknown",
        stateDetail: "",
        stateAt: now,
        ackedThrough: null,
      },
    ],
  }));
  const session = { bot_id: "cli", first_done: true, last_active: 1, idle_seconds: 0, busy_seconds: 0 };
  double.on("gatewaySessions", () => ({
    body: [
      { ...session, chat_id: "work", busy: true, state: "running", busy_seconds: 42 },
      { ...session, chat_id: "old", busy: false, state: "suspended", idle_seconds: 9_999 },
    ],
  }));
  const { code, stdout } = await run("status");
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      `Steward 0.1.0 at http://127.0.0.1:${double.port}, up for 3 h`,
      "Mode: live",
      "Claude Code 2.1.328 (/usr/bin/claude), login: ANTHROPIC_API_KEY",
      "Claude processes: 1 of 12, waiting turns: 0",
      "",
      "BOT  NAME      STATE                     FOR",
      "123  @ada_bot  conflict: another poller  2 min",
      "",
      "BOT  CHAT  STATE    FOR",
      "cli  work  working  42 s",
      "",
    ].join("\n"),
  );
});
