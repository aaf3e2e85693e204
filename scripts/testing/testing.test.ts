import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { ensureBubblewrap } from "./bubblewrap.mjs";
import { ensureChromium } from "./chromium.mjs";
import { createTestEnvironment } from "./test-environment.mjs";
import { add, noTests, readReport, summarize } from "./test-report.mjs";

describe("the totals of a run", () => {
  const report = (content: object): string => {
    const file = join(temporaryFolder(), "report.json");
    writeFileSync(
      file,
      JSON.stringify({ numPassedTests: 0, numPendingTests: 0, testResults: [], ...content }),
    );
    return file;
  };
  const failedTest = { status: "failed", fullName: "adds up" };

  test("passed, failed and skipped tests are counted, failures named", () => {
    const file = report({
      numPassedTests: 3,
      numPendingTests: 1,
      numTodoTests: 1,
      testResults: [
        { name: "/a.test.ts", status: "failed", assertionResults: [failedTest, { status: "passed" }] },
      ],
    });
    expect(readReport("unit", file, 1)).toEqual({
      passed: 3,
      failed: 1,
      skipped: 2,
      failures: ["/a.test.ts > adds up"],
    });
  });

  test("a file that could not be loaded is a failure", () => {
    const file = report({
      testResults: [
        { name: "/b.test.ts", status: "failed", message: "SyntaxError: x\nat y", assertionResults: [] },
      ],
    });
    expect(readReport("unit", file, 1)).toMatchObject({
      failed: 1,
      failures: ["/b.test.ts: SyntaxError: x"],
    });
  });

  test("an exit code without a failed test is a failure (an unhandled error)", () => {
    const totals = readReport("unit", report({ numPassedTests: 2 }), 1);
    expect(totals).toEqual({
      passed: 2,
      failed: 1,
      skipped: 0,
      failures: ["unit: Vitest ended with code 1"],
    });
  });

  test("no report is a failure", () => {
    expect(readReport("unit", join(temporaryFolder(), "none.json"), 0)).toMatchObject({
      passed: 0,
      failed: 1,
    });
  });

  test("a clean run has none", () => {
    expect(readReport("unit", report({ numPassedTests: 2 }), 0)).toMatchObject({ passed: 2, failed: 0 });
  });

  test("the last line leaves out what is zero only for skipped tests", () => {
    const one = { ...noTests(), passed: 2 };
    expect(summarize(one)).toBe("2 passed, 0 failed");
    expect(summarize(add(one, { ...noTests(), failed: 1, skipped: 3 }))).toBe(
      "2 passed, 1 failed, 3 skipped",
    );
  });
});

test("tests get an environment without secrets or settings, and a home of their own", () => {
  const env = createTestEnvironment(
    {
      PATH: "/bin",
      LANG: "C.UTF-8",
      HOME: "/home/me",
      ANTHROPIC_API_KEY: "k",
      CLAUDE_CODE_OAUTH_TOKEN: "t",
      CLAUDECODE: "1",
      TELEGRAM_BOT_TOKEN: "1:x",
      STEWARD_HOME: "/data",
      NODE_OPTIONS: "--inspect",
      XDG_CONFIG_HOME: "/home/me/.config",
    },
    { CHROMIUM_PATH: "/usr/bin/chromium", STEWARD_TEST_CLI_SECOND: undefined },
  );
  expect(Object.keys(env).sort()).toEqual(
    [
      "CHROMIUM_PATH",
      "DO_NOT_TRACK",
      "HOME",
      "LANG",
      "PATH",
      "TMPDIR",
      "TURBO_TELEMETRY_DISABLED",
      "TZ",
    ].sort(),
  );
  expect(env.HOME).not.toBe("/home/me");
  expect(existsSync(env.HOME ?? "")).toBe(true);
});

describe("finding Chromium", () => {
  const say = () => undefined;
  /** A checkout whose Playwright cannot install anything, and an empty PATH. */
  const bare = (): { root: string; env: NodeJS.ProcessEnv } => {
    const root = temporaryFolder();
    const playwright = join(root, "packages/e2e/node_modules/playwright-core");
    mkdirSync(playwright, { recursive: true });
    writeFileSync(join(root, "packages/e2e/package.json"), "{}");
    writeFileSync(join(playwright, "package.json"), '{ "name": "playwright-core" }');
    writeFileSync(join(playwright, "cli.js"), 'console.log("no network"); process.exitCode = 1;');
    return { root, env: { PATH: temporaryFolder() } };
  };
  const program = (folder: string, name: string, script: string): string => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  };

  test("CHROMIUM_PATH comes first; when it leads nowhere, that is the error", async () => {
    const { root, env } = bare();
    const named = program(root, "my-chromium", "true");
    expect(await ensureChromium({ root, env: { ...env, CHROMIUM_PATH: named } }, say)).toBe(named);
    const wrong = ensureChromium({ root, env: { ...env, CHROMIUM_PATH: "/no/chromium" } }, say);
    await expect(wrong).rejects.toThrow("/no/chromium");
  });

  test("an installed browser is enough: nothing is installed", async () => {
    const { root, env } = bare();
    const installed = program(root, "chromium", "true");
    expect(await ensureChromium({ root, env }, say, { knownPaths: ["/no/such", installed] })).toBe(installed);
  });

  test("as root, Debian's packages are installed with the fonts, even when the index cannot be refreshed", async () => {
    const { root, env } = bare();
    const browser = join(root, "installed-by-apt");
    const bin = temporaryFolder();
    program(bin, "apt-get", `echo "$@" >> ${root}/asked\n[ "$1" = install ] || exit 100\n: > ${browser}`);
    const machine = { knownPaths: [browser], isRoot: true };
    expect(await ensureChromium({ root, env: { ...env, PATH: bin } }, say, machine)).toBe(browser);
    expect(readFileSync(join(root, "asked"), "utf8")).toMatch(/install .*chromium fonts-noto-cjk/);
  });

  test("without any way it says so, with the reason and the next step", async () => {
    const { root, env } = bare();
    const finding = ensureChromium({ root, env }, say, { knownPaths: ["/no/such"], isRoot: false });
    await expect(finding).rejects.toThrow(/no network[\s\S]*set CHROMIUM_PATH/);
  });
});

describe("bubblewrap for the tests", () => {
  const say = () => undefined;

  test("is the one on PATH", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "bwrap"), "", { mode: 0o755 });
    const found = await ensureBubblewrap({ env: { PATH: folder } }, say, { isLinux: true, isRoot: false });
    expect(found).toBe(join(folder, "bwrap"));
  });

  test("is not installed by anybody but root, and nowhere but on Linux; both are said", async () => {
    const env = { PATH: temporaryFolder() };
    expect(await ensureBubblewrap({ env }, say, { isLinux: true, isRoot: false })).toContain("left out");
    expect(await ensureBubblewrap({ env }, say, { isLinux: false, isRoot: true })).toContain("left out");
  });
});
