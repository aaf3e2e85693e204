import { expect, test } from "vitest";
import { buildCliEnvironment } from "./cli-environment.ts";

const OURS = {
  PATH: "/usr/bin",
  HOME: "/home/ada",
  LC_ALL: "C.UTF-8",
  HTTPS_PROXY: "http://proxy:3128",
  ANTHROPIC_API_KEY: "sk-ant-1",
  TELEGRAM_BOT_TOKEN: "canary",
  TELEGRAM_BOT_TOKENS: "canary",
  STEWARD_API_TOKEN: "canary",
  DASHBOARD_PUSH_TOKEN: "canary",
  METRICS_PUSH_SECRET: "canary",
  CLAUDECODE: "1",
  CLAUDECODE_SESSION: "canary",
  CLAUDE_CODE_ENTRYPOINT: "canary",
  CLAUDE_CONFIG_DIR: "canary",
  NODE_OPTIONS: "--require=/canary.js",
  LD_PRELOAD: "canary",
  LD_LIBRARY_PATH: "canary",
  DYLD_INSERT_LIBRARIES: "canary",
  IS_SANDBOX: "1",
  AWS_SECRET_ACCESS_KEY: "canary",
  GITHUB_TOKEN: "canary",
  BASH_ENV: "canary",
  EMPTY: "",
  LANG: undefined,
};

test("holds the allowed variables, what keeps the CLI quiet, and nothing else", () => {
  expect(buildCliEnvironment({ source: OURS })).toEqual({
    PATH: "/usr/bin",
    HOME: "/home/ada",
    LC_ALL: "C.UTF-8",
    HTTPS_PROXY: "http://proxy:3128",
    ANTHROPIC_API_KEY: "sk-ant-1",
    DISABLE_AUTOUPDATER: "1",
    DISABLE_TELEMETRY: "1",
    DISABLE_ERROR_REPORTING: "1",
    DISABLE_BUG_COMMAND: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    CLAUDE_CODE_DISABLE_FEEDBACK_SURVEY: "1",
  });
});

test("takes another home and what the caller adds", () => {
  const env = buildCliEnvironment({ source: OURS, home: "/srv/other", extra: { MCP_TOKEN: "scoped" } });
  expect(env).toMatchObject({ HOME: "/srv/other", MCP_TOKEN: "scoped" });
});
