import { describe, expect, test } from "vitest";
import type { CliLaunch } from "../cli-driver.ts";
import { isSupportedVersion, parseCliVersion } from "./cli-version.ts";
import { buildLaunchArguments, buildLaunchEnvironment } from "./launch-arguments.ts";

const LAUNCH: CliLaunch = {
  binary: { path: "/usr/bin/claude", version: "2.1.197", source: "path" },
  cwd: "/home/ada",
  cliSessionId: "U",
  resume: false,
  env: { PATH: "/usr/bin" },
  marker: { name: "STEWARD_SESSION", value: "m" },
};

describe("the command line", () => {
  test("speaks stream-json both ways, asks over stdio and takes the user's settings alone", () => {
    expect(buildLaunchArguments(LAUNCH).join(" ")).toBe(
      "-p --input-format stream-json --output-format stream-json --verbose --include-partial-messages " +
        "--replay-user-messages --permission-prompt-tool stdio --session-id U --setting-sources user --strict-mcp-config",
    );
  });

  test("resumes by id, never by directory", () => {
    const args = buildLaunchArguments({ ...LAUNCH, resume: true });
    expect(args.join(" ")).toContain("--resume U");
    expect(args).not.toContain("--session-id");
    expect(args).not.toContain("--continue");
  });

  test("names the directories besides its own", () => {
    const args = buildLaunchArguments({ ...LAUNCH, additionalDirectories: ["/w/files", "/w/outbox"] });
    expect(args.slice(-2)).toEqual(["--add-dir=/w/files", "--add-dir=/w/outbox"]);
  });

  test("names the model to fall back to", () => {
    const args = buildLaunchArguments({ ...LAUNCH, model: "opus", fallbackModel: "sonnet" });
    expect(args.slice(-4)).toEqual(["--model", "opus", "--fallback-model", "sonnet"]);
  });

  test("an aside has no tools, no commands and no transcript, and its prompt is not in sight", () => {
    const args = buildLaunchArguments({ ...LAUNCH, aside: { systemPrompt: "canary" } });
    expect(args.slice(-4)).toEqual(["--tools", "", "--disable-slash-commands", "--no-session-persistence"]);
    expect(args.join(" ")).not.toContain("canary");
  });

  test("names model and permission mode when given, and never the system prompt", () => {
    const args = buildLaunchArguments({
      ...LAUNCH,
      model: "opus",
      permissionMode: "plan",
      appendSystemPrompt: "canary",
    });
    expect(args.slice(-4)).toEqual(["--model", "opus", "--permission-mode", "plan"]);
    expect(args.join(" ")).not.toContain("canary");
  });
});

test("rules are values of their flag, whatever they hold: none is taken for a flag or swallows the next argument", () => {
  const allowRules = ["Read", "Bash(git log --format=%h,%s)"];
  const toolServer = { name: "steward", url: "http://127.0.0.1:8000/mcp", token: "never-in-argv" };
  const withTools = buildLaunchArguments({ ...LAUNCH, toolServer });
  expect(withTools).toContain("--allowedTools=mcp__steward");
  expect(withTools.join(" ")).not.toContain("never-in-argv");
  const args = buildLaunchArguments({ ...LAUNCH, allowRules });
  expect(args.filter((arg) => arg.includes("allowedTools"))).toEqual([
    "--allowedTools=Read",
    "--allowedTools=Bash(git log --format=%h,%s)",
  ]);
});

test("the environment is the launch's, the marker and the number of retries", () => {
  expect(buildLaunchEnvironment(LAUNCH)).toEqual({
    PATH: "/usr/bin",
    CLAUDE_CODE_MAX_RETRIES: "3",
    STEWARD_SESSION: "m",
  });
  expect(buildLaunchEnvironment({ ...LAUNCH, maxRetries: 0 }).CLAUDE_CODE_MAX_RETRIES).toBe("0");
});

describe("versions", () => {
  test.each<[string, boolean]>([
    ["2.1.197", true],
    ["2.1.198", true],
    ["2.2.0", true],
    ["3.0.0", true],
    ["2.1.196", false],
    ["2.0.999", false],
    ["1.99.999", false],
  ])("%s is supported: %s", (version, supported) => {
    expect(isSupportedVersion(version)).toBe(supported);
  });

  test("are read from what --version prints", () => {
    expect(parseCliVersion("2.1.197 (Claude Code)\n")).toBe("2.1.197");
    expect(parseCliVersion("claude: not found")).toBeUndefined();
    expect(parseCliVersion("12 angry men")).toBeUndefined();
  });
});
