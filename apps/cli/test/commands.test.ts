import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { TEST_TOKEN } from "./run-steward.ts";
import { useService } from "./service-fixture.ts";

const service = useService();
const { run, runInChinese } = service;

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
    for (const name of [
      "chat",
      "pair",
      "token",
      "model",
      "settings",
      "project",
      "conversations",
      "archive",
      "status",
      "doctor",
    ])
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
    service.double.on("listPairingRequests", () => ({
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
    service.double.on("listPairingRequests", () => ({ body: [] }));
    expect((await run("pair")).stdout).toContain("/start");
  });

  test("approve takes the code as people type it, and passes the warning on", async () => {
    service.double.on("approvePairing", () => ({
      body: { entry: entry("42", "ada", "owner"), warning: "2 people now share this bot." },
    }));
    const { code, stdout, stderr } = await run("pair", "approve", "acde-fghj");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "✓ Ada @ada (42) may use bot 123, as owner.\n" });
    expect(stderr).toBe("! 2 people now share this bot.\n");
    expect(service.double.callsOf("approvePairing")[0]?.body).toEqual({ code: "ACDEFGHJ", language: "en" });
  });

  test("approve of an unknown code fails with the next step", async () => {
    service.double.on("approvePairing", () => ({
      status: 404,
      body: { detail: "unknown", code: "pairing_code_invalid" },
    }));
    const { code, stderr } = await run("pair", "approve", "XXXXXXXX");
    expect(code).toBe(1);
    expect(stderr).toContain("`steward pair` lists who waits");
  });

  test("list shows who has access", async () => {
    service.double.on("listAccess", () => ({
      body: [entry("42", "ada", "owner"), entry("7", null, "user")],
    }));
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
    service.double.on("listAccess", () => ({ body: [entry("42", "Ada", "owner")] }));
    service.double.on("revokeAccess", () => ({ body: { revoked: true } }));
    expect((await run("pair", "revoke", "123", "@ada")).code).toBe(0);
    expect((await run("pair", "revoke", "123", "7")).code).toBe(0);
    expect(service.double.callsOf("revokeAccess").map(({ params }) => params)).toEqual([
      { botId: "123", userId: "42" },
      { botId: "123", userId: "7" },
    ]);
  });

  test("revoke of somebody without access fails", async () => {
    service.double.on("listAccess", () => ({ body: [] }));
    const { code, stderr } = await run("pair", "revoke", "123", "@nobody");
    expect(code).toBe(1);
    expect(stderr).toContain("@nobody");
    expect(service.double.callsOf("revokeAccess")).toEqual([]);
  });
});

describe("model", () => {
  const policy = (value: string | null, from: "initial" | "global" | "chat") => ({
    name: "model",
    value,
    from,
    updatedAt: null,
    updatedBy: null,
  });
  const models = [
    { name: "default", title: "Default (recommended)" },
    { name: "haiku", title: "Haiku" },
  ];

  test("alone shows which one answers and which there are", async () => {
    service.double.on("listModels", () => ({ body: { models, seenAt: 0 } }));
    service.double.on("listPolicies", () => ({ body: [policy("haiku", "global")] }));
    const { code, stdout, stderr } = await run("model");
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        "haiku answers (everything).",
        "",
        "   NAME     MODEL",
        "   default  Default (recommended)",
        "●  haiku    Haiku",
        "",
      ].join("\n"),
    );
    expect(stderr).toContain("steward model default");
  });

  test("with a name chooses for everything, a bot, or a chat; default goes back", async () => {
    service.double.on("setPolicy", ({ body }) => ({
      body: policy((body.value as string) ?? null, "global"),
    }));
    service.double.on("chooseChatModel", ({ body }) => ({ body: { model: body.model, from: "chat" } }));
    expect((await run("model", "haiku")).stdout).toBe(
      "✓ haiku answers everywhere, from the next message on.\n",
    );
    await run("model", "default", "--bot", "@123");
    await run("model", "opus", "--chat", "work");
    await run("model", "default", "--chat", "123/-42/7");
    expect(service.double.callsOf("setPolicy").map(({ body }) => body)).toMatchObject([
      { name: "model", value: "haiku" },
      { name: "model", botId: "123", clear: true },
    ]);
    expect(service.double.callsOf("chooseChatModel").map(({ body }) => body)).toEqual([
      { botId: "cli", chatId: "work", threadId: "", model: "opus" },
      { botId: "123", chatId: "-42", threadId: "7", model: null },
    ]);
  });

  test.each([
    [["model", "two words"], "cannot be a model's name"],
    [["model", "haiku", "--chat", "../x"], "names no bot or chat"],
    [["model", "haiku", "--chat", "1/2/3/4"], "names no bot or chat"],
  ])("%j is refused before anything is asked", async (args, sentence) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(service.double.calls).toEqual([]);
  });
});

describe("settings", () => {
  const policies = [
    { name: "maxUsdPerDay", value: 5, from: "global", updatedAt: 1, updatedBy: "owner" },
    {
      name: "allowRules",
      value: ["Bash(ls)", "Bash(git status)"],
      from: "chat",
      updatedAt: 1,
      updatedBy: "owner",
    },
    { name: "triage", value: "haiku", from: "environment", updatedAt: null, updatedBy: null },
  ];

  test("shows what holds, who said so and what it decides", async () => {
    service.double.on("listPolicies", () => ({ body: policies }));
    const { stdout } = await run("settings", "--chat", "work");
    expect(stdout).toContain(
      "maxUsdPerDay  5                           everything   after this much in one day",
    );
    expect(stdout).toContain("Bash(ls), Bash(git status)  this chat");
    expect(stdout).toContain("triage        haiku                       environment");
    expect(service.double.callsOf("listPolicies")[0]?.query).toEqual({
      botId: "cli",
      chatId: "work",
      threadId: "",
    });
    expect((await runInChinese("settings")).stdout).toContain("环境变量");
  });

  test("set takes numbers, words and lists, checked before they are sent", async () => {
    service.double.on("setPolicy", ({ body }) => ({
      body: { name: body.name, value: body.value ?? null, from: "global", updatedAt: 1, updatedBy: "owner" },
    }));
    expect((await run("settings", "set", "maxusdperday", "5")).stdout).toBe(
      "✓ maxUsdPerDay is 5 everywhere.\n",
    );
    await run("settings", "set", "allowRules", '["Bash(ls)"]', "--bot", "123");
    await run("settings", "set", "model", "haiku");
    await run("settings", "set", "maxUsdPerDay", "null");
    await run("settings", "clear", "triage", "--chat", "work");
    expect(service.double.callsOf("setPolicy").map(({ body }) => body)).toMatchObject([
      { name: "maxUsdPerDay", value: 5 },
      { name: "allowRules", value: ["Bash(ls)"], botId: "123" },
      { name: "model", value: "haiku" },
      { name: "maxUsdPerDay", value: null },
      { name: "triage", clear: true, botId: "cli", chatId: "work" },
    ]);
  });

  test.each([
    [["maxUsdPerDay", "-1"], "maxUsdPerDay: "],
    [["triage", "maybe"], "triage: "],
    [["maxUsd", "1"], "There is no setting “maxUsd”. There are: permissionMode, "],
  ])("set %j is refused here", async (args, sentence) => {
    const { code, stderr } = await run("settings", "set", ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(service.double.calls).toEqual([]);
  });
});

describe("token", () => {
  test("is not shown unless asked for: only where it lies", async () => {
    const { code, stdout, stderr } = await run("token");
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `${join(service.home, ".steward", "token")}\n`,
      stderr: "",
    });
  });

  test("--show prints it alone, --gateway-url within the address telegram-claude-hero takes", async () => {
    expect((await run("token", "--show")).stdout).toBe(`${TEST_TOKEN}\n`);
    expect((await run("token", "--gateway-url")).stdout).toBe(
      `http://any:${TEST_TOKEN}@127.0.0.1:${service.double.port}\n`,
    );
  });

  test("that others can read is not used, and not shown", async () => {
    chmodSync(join(service.home, ".steward", "token"), 0o644);
    const { code, stdout, stderr } = await run("token", "--show");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("steward doctor");
    expect(stderr).not.toContain(TEST_TOKEN);
  });
});

test("status shows the service, its bots and the sessions that are awake", async () => {
  const now = Date.now();
  service.double.on("system", () => ({
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
      sandbox: { setting: "auto", active: true, problem: null, message: null },
      sessions: { live: 1, max: 12, queued: 0 },
    },
  }));
  service.double.on("listBots", () => ({
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
  service.double.on("gatewaySessions", () => ({
    body: [
      { ...session, chat_id: "work", busy: true, state: "running", busy_seconds: 42 },
      { ...session, chat_id: "old", busy: false, state: "suspended", idle_seconds: 9_999 },
    ],
  }));
  const { code, stdout } = await run("status");
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      `Steward 0.1.0 at http://127.0.0.1:${service.double.port}, up for 3 h`,
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
