import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findBundledCli, findCliBinary, MINIMUM_CLI_VERSION } from "../src/cli-binary.ts";
import { probeLogin } from "../src/cli-login.ts";
import { STUB_CLI_BINARY, STUB_CLI_PATH } from "../src/stub-cli.ts";

function program(body: string, name = "claude", mode = 0o755): { path: string; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), "steward-bin-"));
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, mode);
  return { path, folder };
}
const says = (version: string): { path: string; folder: string } =>
  program(`echo "${version} (Claude Code)"`);
const none = (): undefined => undefined;

describe("findCliBinary", () => {
  test("takes CLAUDE_BIN before anything else", async () => {
    const chosen = says("2.1.200");
    const env = { CLAUDE_BIN: chosen.path, PATH: says("2.1.300").folder };
    expect(await findCliBinary({ env })).toEqual({ path: chosen.path, version: "2.1.200", source: "env" });
  });

  test("takes claude on PATH before the bundled one", async () => {
    const { path, folder } = says("2.1.300");
    const env = { PATH: `relative/folder::/no/such:${folder}` };
    expect(await findCliBinary({ env, bundledPath: () => says("2.1.197").path })).toEqual({
      path,
      version: "2.1.300",
      source: "path",
    });
  });

  test("takes the bundled one when PATH has none, or an old or broken one", async () => {
    const bundled = says(MINIMUM_CLI_VERSION).path;
    const expected = { path: bundled, version: MINIMUM_CLI_VERSION, source: "bundled" };
    for (const PATH of [
      "",
      says("2.1.196").folder,
      program("exit 3").folder,
      program("", "claude", 0o644).folder,
    ]) {
      expect(await findCliBinary({ env: { PATH, CLAUDE_BIN: "" }, bundledPath: () => bundled })).toEqual(
        expected,
      );
    }
  });

  test.each([
    ["CLAUDE_BIN that is not there", { CLAUDE_BIN: "/no/such/claude" }, "cli_not_found"],
    ["CLAUDE_BIN that is not executable", { CLAUDE_BIN: program("", "claude", 0o644).path }, "cli_not_found"],
    ["CLAUDE_BIN that is a directory", { CLAUDE_BIN: tmpdir() }, "cli_not_found"],
    ["CLAUDE_BIN that is too old", { CLAUDE_BIN: says("2.0.999").path }, "cli_too_old"],
    ["CLAUDE_BIN that is something else", { CLAUDE_BIN: program("echo hello").path }, "cli_spawn_failed"],
    ["CLAUDE_BIN that fails", { CLAUDE_BIN: program("echo 2.1.300; exit 1").path }, "cli_spawn_failed"],
    ["an old claude on PATH and no other", { PATH: says("1.9.0").folder }, "cli_too_old"],
    ["nothing anywhere", { PATH: "/no/such" }, "cli_not_found"],
  ])("%s is an error with a code", async (_what, env, code) => {
    await expect(findCliBinary({ env, bundledPath: none })).rejects.toMatchObject({ name: "CliError", code });
  });

  test("CLAUDE_BIN may be a name on PATH", async () => {
    const { folder, path } = program('echo "2.1.250 (Claude Code)"', "my-claude");
    const env = { CLAUDE_BIN: "my-claude", PATH: `${folder}:/usr/bin:/bin` };
    expect(await findCliBinary({ env })).toMatchObject({ path, source: "env" });
  });

  test("the bundled CLI is installed, at the pinned version", async () => {
    expect(findBundledCli()).toBeDefined();
    expect(await findCliBinary({ env: { PATH: "" } })).toMatchObject({
      version: "2.1.197",
      source: "bundled",
    });
  });

  test("the stub passes as a CLI", async () => {
    const env = { CLAUDE_BIN: STUB_CLI_PATH, PATH: process.env.PATH };
    expect(await findCliBinary({ env })).toEqual(STUB_CLI_BINARY);
  });
});

describe("probeLogin", () => {
  const env = { PATH: process.env.PATH ?? "" };

  test("says how the CLI is logged in", async () => {
    expect(await probeLogin(STUB_CLI_BINARY, env)).toEqual({ loggedIn: true, method: "api_key" });
  });

  test("says that it is not, although the CLI exits with 1 then", async () => {
    const STUB_SCENARIO = JSON.stringify({ handshake: "not-logged-in" });
    expect(await probeLogin(STUB_CLI_BINARY, { ...env, STUB_SCENARIO })).toEqual({
      loggedIn: false,
      method: null,
    });
  });

  test("a CLI that gives no status is an error with its words", async () => {
    const { path } = program("echo unknown command >&2; exit 1");
    await expect(probeLogin({ path }, env)).rejects.toMatchObject({
      code: "cli_spawn_failed",
      detail: expect.stringContaining("unknown command"),
    });
  });
});
