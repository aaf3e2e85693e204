import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runDoctor } from "../src/doctor/doctor-command.ts";
import { layOutData, makeHome, runSteward, TEST_TOKEN } from "./run-steward.ts";
import { createScreen } from "./screen.ts";
import { StewardDouble } from "./steward-double.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

interface Report {
  ok: boolean;
  findings: { check: string; status: string; code: string; message: string; fix: string | null }[];
}

/** A stand-in for the Claude CLI, which takes a second to ask. */
function stubClaude(script: string): string {
  const path = join(temporaryDirectory("claude-stub"), "claude");
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

const WORKING = `case "$1" in
  --version) echo "2.1.300 (Claude Code)" ;;
  auth) echo '{"loggedIn":true,"authMethod":"claude.ai"}' ;;
esac`;

interface Surroundings {
  readonly home: string;
  readonly port?: number;
  readonly env?: Record<string, string>;
}

/** The doctor in this process: everything it looks at is real, only its environment is made up. */
async function examine({ home, port = 1, env }: Surroundings): Promise<Report & { code: number }> {
  const screen = createScreen({ ttys: [] });
  const environment = {
    PATH: process.env.PATH,
    HOME: home,
    STEWARD_HOME: join(home, ".steward"),
    STEWARD_PORT: String(port),
    CLAUDE_BIN: stubClaude(WORKING),
    ...env,
  };
  const code = await runDoctor({ json: true }, { terminal: screen.terminal, environment });
  expect(screen.stderr()).toBe("");
  const report = JSON.parse(screen.stdout()) as Report;
  expect(code).toBe(report.ok ? 0 : 1);
  return { ...report, code };
}

const codes = (report: Report, check: string): string[] =>
  report.findings.filter((finding) => finding.check === check).map(({ code }) => code);
const fixOf = (report: Report, code: string): string =>
  report.findings.find((finding) => finding.code === code)?.fix ?? "";

describe("the data directory", () => {
  test("that is not there yet is not made by looking for it", async () => {
    const home = makeHome();
    const report = await examine({ home });
    expect(codes(report, "data")).toEqual(["data_missing"]);
    expect(existsSync(join(home, ".steward"))).toBe(false);
  });

  test("open to others is a problem, and the command it offers mends it", async () => {
    const home = makeHome();
    const root = layOutData(home);
    writeFileSync(join(root, "steward.db"), "x");
    chmodSync(join(root, "token"), 0o644);
    chmodSync(join(root, "steward.db"), 0o640);
    chmodSync(join(root, "logs"), 0o755);
    chmodSync(root, 0o755);

    const broken = await examine({ home });
    expect(broken.code).toBe(1);
    expect(codes(broken, "data")).toEqual(["data_exposed"]);
    expect(codes(broken, "token")).toEqual(["token_exposed"]);
    expect(codes(broken, "database")).toEqual(["database_exposed"]);

    const fixes = ["data_exposed", "token_exposed", "database_exposed"].map((code) => fixOf(broken, code));
    for (const fix of fixes) {
      const command = /chmod .*$/.exec(fix)?.[0];
      execFileSync("/bin/sh", ["-ec", command ?? "exit 9"]);
    }
    const mended = await examine({ home });
    expect(codes(mended, "data")).toEqual(["data"]);
    expect(codes(mended, "token")).toEqual(["token"]);
    expect(codes(mended, "database")).toEqual(["database"]);
  });

  test("with a strange name is quoted in the command", async () => {
    const home = makeHome();
    const root = join(home, "it's mine");
    mkdirSync(root, { mode: 0o755 });
    chmodSync(root, 0o755);
    const report = await examine({ home, env: { STEWARD_HOME: root } });
    const command = /chmod .*$/.exec(fixOf(report, "data_exposed"))?.[0] ?? "exit 9";
    execFileSync("/bin/sh", ["-ec", command]);
    expect(codes(await examine({ home, env: { STEWARD_HOME: root } }), "data")).toEqual(["data"]);
  });

  test("that is a file is a problem", async () => {
    const home = makeHome();
    writeFileSync(join(home, ".steward"), "");
    expect(codes(await examine({ home }), "data")).toEqual(["data_not_directory"]);
  });

  test("with a token file that holds no token is a problem", async () => {
    const home = makeHome();
    writeFileSync(join(layOutData(home), "token"), "short");
    expect(codes(await examine({ home }), "token")).toEqual(["token_invalid"]);
  });
});

describe("Claude Code", () => {
  const claude = (script: string, env: Record<string, string> = {}) =>
    examine({ home: makeHome(), env: { CLAUDE_BIN: stubClaude(script), ...env } });

  test("named by CLAUDE_BIN and logged in", async () => {
    const report = await claude(WORKING);
    expect(codes(report, "claude")).toEqual(["claude_env"]);
    expect(report.findings.find(({ check }) => check === "login")?.message).toBe("Login: claude.ai");
  });

  test("too old, broken, or not there", async () => {
    expect(codes(await claude('echo "2.0.1 (Claude Code)"'), "claude")).toEqual(["claude_old"]);
    expect(codes(await claude("echo Killed >&2; exit 137"), "claude")).toEqual(["claude_broken"]);
    const missing = await examine({ home: makeHome(), env: { CLAUDE_BIN: "/nowhere/claude" } });
    expect(codes(missing, "claude")).toEqual(["claude_missing"]);
    expect(codes(missing, "login")).toEqual([]);
  });

  test("the login that wins is named", async () => {
    const keys = { ANTHROPIC_API_KEY: "sk-ant-canary", CLAUDE_CODE_OAUTH_TOKEN: "oauth-canary" };
    const report = await claude(WORKING, keys);
    expect(report.findings.find(({ check }) => check === "login")?.message).toBe(
      "Login: ANTHROPIC_API_KEY (it wins over: CLAUDE_CODE_OAUTH_TOKEN)",
    );
    const both = await claude(WORKING, { ...keys, ANTHROPIC_AUTH_TOKEN: "auth-canary" });
    expect(codes(both, "login")).toEqual(["login_both"]);
  });

  test("the real one, bundled, in a home without a login", async () => {
    const home = makeHome();
    const report = await examine({ home, env: { CLAUDE_BIN: "", PATH: "/usr/bin:/bin" } });
    expect(codes(report, "claude")).toEqual(["claude_bundled"]);
    expect(codes(report, "login").join()).toMatch(/^login_none/);
  });
});

describe("the service", () => {
  const bot = (id: string, state: string) => ({
    id,
    kind: "telegram",
    username: `bot_${id}`,
    state,
    stateDetail: "",
    stateAt: 1,
    ackedThrough: null,
  });
  const info = (over: object = {}) => ({
    version: "0.1.0",
    mode: "live",
    startedAt: 1,
    cli: { found: false, path: null, version: null, source: null, login: null, problem: null },
    sandbox: { setting: "auto", active: true, problem: null, message: null },
    sessions: { live: 0, max: 12, queued: 0 },
    ...over,
  });
  const serve = async (
    tell: { readiness?: unknown; system?: object; bots?: unknown[]; chats?: unknown[] },
    token = TEST_TOKEN,
  ) => {
    const double = await new StewardDouble(token).start();
    double.on("healthz", () => ({ body: { status: "ok" } }));
    double.on("readyz", () =>
      tell.readiness === undefined
        ? { body: { status: "ready", components: [{ name: "database", ok: true }] } }
        : { status: 503, body: tell.readiness },
    );
    double.on("system", () => ({ body: info(tell.system) }));
    double.on("listBots", () => ({ body: tell.bots ?? [] }));
    double.on("listAccessChats", () => ({ body: tell.chats ?? [] }));
    const home = makeHome();
    layOutData(home);
    const report = await examine({ home, port: double.port });
    await double.stop();
    expect(double.violations).toEqual([]);
    return report;
  };

  test("that is ready, with a bot that polls", async () => {
    const report = await serve({
      bots: [bot("1", "polling"), bot("2", "conflict"), bot("3", "unauthorized")],
    });
    expect(codes(report, "service")).toEqual(["service"]);
    expect(codes(report, "telegram")).toEqual(["bot_polling", "bot_conflict", "bot_unauthorized"]);
    expect(codes(report, "exposure")).toEqual(["exposure"]);
  });

  test("whose bot is to answer everything in a group that Telegram does not show it", async () => {
    const chat = (botId: string, chatId: string, more: object = {}) => ({
      ...{ botId, chatId, title: "Team", admits: "paired", listensTo: "always", allowedBy: "owner" },
      ...{ createdAt: 1, leftAt: null, ...more },
    });
    const report = await serve({
      bots: [
        { ...bot("1", "polling"), readsAllMessages: false },
        { ...bot("2", "polling"), readsAllMessages: true },
        bot("3", "polling"),
      ],
      chats: [
        chat("1", "-1"),
        chat("1", "-2", { listensTo: "addressed" }),
        chat("1", "-3", { leftAt: 5 }),
        chat("2", "-1"),
        chat("3", "-1"),
      ],
    });
    const found = report.findings.filter(({ check }) => check === "groups");
    expect(found).toMatchObject([{ status: "warning", message: expect.stringContaining("@bot_1") }]);
    expect(found[0]?.message).toContain("in 1 group(s)");
  });

  test("that is not ready says which part is not", async () => {
    const report = await serve({
      readiness: {
        status: "failing",
        components: [{ name: "disk", ok: false, detail: "only 12 MB free" }],
      },
    });
    expect(codes(report, "service")).toEqual(["service_status", "service_component"]);
    expect(report.findings.map(({ message }) => message)).toContain("Not ready: disk: only 12 MB free");
  });

  test("that has another token", async () => {
    const report = await serve({}, "another-token-0123456789-abcdefghijkl");
    expect(codes(report, "service")).toEqual(["service", "service_token"]);
    expect(codes(report, "telegram")).toEqual([]);
  });

  test("that cannot use Claude Code, or uses another one than found from here", async () => {
    const cli = { found: true, path: "/opt/claude", version: "2.1.197", source: "path", login: null };
    const report = await serve({ system: { cli: { ...cli, problem: "Claude Code is not logged in." } } });
    expect(codes(report, "service")).toEqual(["service", "service_cli"]);
    expect(codes(report, "claude")).toEqual(["claude_env", "service_other_cli"]);
  });

  test("rows 15, 16 and 19: whose Claude says what cannot be read: a warning, and no fault when it is only newer", async () => {
    const types = [
      { type: "system/brand_new", count: 2 },
      { type: "from_the_future", count: 1 },
    ];
    const passedOver = { badLines: 4, oversizeLines: 1, unknownEvents: 3, unknownTypes: types };
    const report = await serve({ system: { passedOver } });
    expect(codes(report, "claude").slice(1)).toEqual([
      "claude_bad_lines",
      "claude_oversize_lines",
      "claude_unknown_events",
    ]);
    const said = report.findings.map(({ status, message }) => `${status}: ${message}`).join("\n");
    expect(said).toContain("warning: Lines of Claude Code that could not be read and were passed over: 4");
    expect(said).toContain("warning: Lines of Claude Code that were too long and were dropped: 1");
    expect(said).toMatch(/ok: .*system\/brand_new \(2\), from_the_future \(1\)/);
  });

  test("that is another program on the port", async () => {
    const other = createServer((_request, response) => response.end("<h1>Hi</h1>"));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const report = await examine({ home: makeHome(), port: (other.address() as AddressInfo).port });
    await new Promise((resolve) => other.close(resolve));
    expect(codes(report, "service")).toEqual(["service_foreign"]);
  });
});

test("wrong settings are findings too", async () => {
  const report = await examine({ home: makeHome(), env: { STEWARD_PORT: "80000" } });
  expect(report.findings).toEqual([
    {
      check: "settings",
      status: "problem",
      code: "settings",
      message: "Setting STEWARD_PORT: must be between 1 and 65535",
      fix: "Correct it in .env or in the environment.",
    },
  ]);
});

test("nothing secret is ever printed", async () => {
  const home = makeHome();
  const root = layOutData(home);
  chmodSync(join(root, "token"), 0o666);
  const canaries = {
    TELEGRAM_BOT_TOKEN: "123456789:canaryAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    TELEGRAM_BOT_TOKENS: "987654321:canaryBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB,canary-malformed",
    ANTHROPIC_API_KEY: "sk-ant-canary",
    ANTHROPIC_AUTH_TOKEN: "canary-auth",
    CLAUDE_CODE_OAUTH_TOKEN: "canary-oauth",
  };
  // A CLI that repeats what it was given.
  const CLAUDE_BIN = stubClaude(
    'case "$1" in --version) echo 2.1.300 ;; *) env | grep canary; exit 1 ;; esac',
  );
  for (const args of [["doctor"], ["doctor", "--json"]]) {
    const { code, stdout, stderr } = await runSteward(args, { home, env: { ...canaries, CLAUDE_BIN } });
    expect(code).toBe(1);
    expect(stdout).toContain("ANTHROPIC_API_KEY=[redacted]");
    expect(stdout + stderr).not.toContain("canary");
    expect(stdout + stderr).not.toContain(TEST_TOKEN);
  }
});
