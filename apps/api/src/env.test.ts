import { describe, expect, test } from "vitest";
import { envSchema, mergeEnvironment, readApiConfig } from "./env.ts";

const read = (source: Record<string, string>) => {
  const result = readApiConfig(source);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
};
const problemsOf = (source: Record<string, string>): string[] => {
  const result = readApiConfig(source);
  return result.ok ? [] : result.problems.map(({ name }) => name);
};

describe("settings", () => {
  test("all have a default or may be left out", () => {
    const config = read({ HOME: "/home/x" });
    expect(config.http).toEqual({ host: "127.0.0.1", port: 8000, allowedHosts: [], checkAnswers: false });
    expect(config.sessions).toEqual({
      idleTimeoutMs: 7_200_000,
      modelSilenceMs: 300_000,
      toolSilenceMs: 900_000,
      minFreeBytes: 512 * 1024 * 1024,
      maxLive: null,
      triage: null,
      maxSessionBytes: null,
    });
    expect(config.gateway.queueWaitTimeoutMs).toBe(120_000);
    expect(config.telegram.configured).toBe(false);
  });

  test("the ancestor's names keep working, in their units", () => {
    const config = read({
      DATABASE_PATH: "/data/a.db",
      GATEWAY_SESSION_DIR: "/data/ws",
      GATEWAY_SESSION_TIMEOUT: "60",
      GATEWAY_CLAUDE_TIMEOUT: "600",
      GATEWAY_BUSY_STUCK_TIMEOUT: "660",
      GATEWAY_QUEUE_WAIT_TIMEOUT: "900",
      GATEWAY_MIN_FREE_MB: "256",
      GATEWAY_MAX_CLAUDE_PROCESSES: "16",
    });
    expect(config.storage).toEqual({ databasePath: "/data/a.db", workspacesDirectory: "/data/ws" });
    expect(config.sessions).toEqual({
      idleTimeoutMs: 60_000,
      modelSilenceMs: 600_000,
      toolSilenceMs: 660_000,
      minFreeBytes: 256 * 1024 * 1024,
      maxLive: 16,
      triage: null,
      maxSessionBytes: null,
    });
    expect(config.gateway.queueWaitTimeoutMs).toBe(900_000);
    expect(
      read({ GATEWAY_SESSION_TIMEOUT: "60", GATEWAY_SESSION_IDLE_TIMEOUT: "30" }).sessions.idleTimeoutMs,
    ).toBe(30_000);
  });

  test("who only lengthens the model's time does not have it cut short by the tools'", () => {
    const { modelSilenceMs, toolSilenceMs } = read({ GATEWAY_CLAUDE_TIMEOUT: "3600" }).sessions;
    expect(toolSilenceMs).toBeGreaterThan(modelSilenceMs);
  });

  test("cannot be changed afterwards, at any depth", () => {
    const config = read({ STEWARD_ALLOWED_HOSTS: "a.example" });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.http.allowedHosts)).toBe(true);
  });

  test("credentials go on to the CLI under their own names; all secrets are known as such, addresses are not", () => {
    const config = read({
      ANTHROPIC_API_KEY: "sk-ant-1",
      ANTHROPIC_BASE_URL: "http://127.0.0.1:9/",
      TELEGRAM_BOT_TOKEN: "1:aaa",
      TELEGRAM_BOT_TOKENS: "2:bbb, 3:ccc",
    });
    expect(config.claude.credentials).toEqual({
      ANTHROPIC_API_KEY: "sk-ant-1",
      ANTHROPIC_BASE_URL: "http://127.0.0.1:9/",
    });
    expect(config.telegram.configured).toBe(true);
    expect([...config.secrets].sort()).toEqual(["1:aaa", "2:bbb", "3:ccc", "sk-ant-1"]);
  });
});

describe("what is wrong", () => {
  test("is told all at once, without the values", () => {
    const result = readApiConfig({
      STEWARD_PORT: "eighty",
      STEWARD_LOG_LEVEL: "loud",
      GATEWAY_SESSION_TIMEOUT: "-5",
      GATEWAY_MAX_CLAUDE_PROCESSES: "1.5",
      ANTHROPIC_BASE_URL: "ftp://s3cret",
    });
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.problems.map(({ name }) => name).sort()).toEqual([
      "ANTHROPIC_BASE_URL",
      "GATEWAY_MAX_CLAUDE_PROCESSES",
      "GATEWAY_SESSION_TIMEOUT",
      "STEWARD_LOG_LEVEL",
      "STEWARD_PORT",
    ]);
    expect(JSON.stringify(result.problems)).not.toMatch(/s3cret|eighty|loud/);
  });

  test("a stuck limit below the model's own", () => {
    expect(problemsOf({ GATEWAY_CLAUDE_TIMEOUT: "600", GATEWAY_BUSY_STUCK_TIMEOUT: "600" })).toEqual([
      "GATEWAY_BUSY_STUCK_TIMEOUT",
    ]);
  });

  test.each(["0.0.0.0", "::", "192.168.1.5", "10.0.0.1", "example.com"])(
    "listening on %s without names to be called by and without encryption in front",
    (host) => {
      expect(problemsOf({ STEWARD_HOST: host })).toEqual(["STEWARD_ALLOWED_HOSTS", "STEWARD_BEHIND_TLS"]);
      expect(problemsOf({ STEWARD_HOST: host, STEWARD_ALLOWED_HOSTS: "a.example" })).toEqual([
        "STEWARD_BEHIND_TLS",
      ]);
      expect(
        problemsOf({ STEWARD_HOST: host, STEWARD_ALLOWED_HOSTS: "a.example", STEWARD_BEHIND_TLS: "1" }),
      ).toEqual([]);
    },
  );

  test.each(["127.0.0.1", "127.0.0.2", "localhost", "::1"])("nothing, on the loopback address %s", (host) => {
    expect(problemsOf({ STEWARD_HOST: host })).toEqual([]);
  });

  test.each(["*", "http://a.example", "a.example/x", "a b"])("an allowed host that is none: %s", (host) => {
    expect(problemsOf({ STEWARD_ALLOWED_HOSTS: host })).toEqual(["STEWARD_ALLOWED_HOSTS"]);
  });
});

test("the environment wins over .env, and nothing counts as nothing", () => {
  const merged = mergeEnvironment(
    { A: "own", B: "", C: undefined },
    { A: "file", B: "file", C: "file", D: "file" },
  );
  expect(merged).toEqual({ A: "own", B: "file", C: "file", D: "file" });
});

test("the schema's keys are the variables' names", () => {
  for (const name of Object.keys(envSchema.shape)) expect(name).toMatch(/^[A-Z][A-Z0-9_]+$/);
});
