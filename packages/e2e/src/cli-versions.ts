import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface CliUnderTest {
  name: string;
  path: string;
}

/** The Claude CLI that Steward comes with. */
export const bundledCli = (): CliUnderTest => {
  const claudePackage = fileURLToPath(import.meta.resolve("@steward/claude/cli-driver"));
  const manifest = createRequire(claudePackage).resolve("@anthropic-ai/claude-code/package.json");
  return { name: "bundled CLI", path: join(dirname(manifest), "bin", "claude.exe") };
};

/**
 * The Claude CLIs that everything is proved on: the bundled one, and the second pinned one, which the test script
 * fetches and names in STEWARD_TEST_CLI_SECOND. A missing second one is said aloud.
 */
export const cliVersions = (): CliUnderTest[] => {
  const second = process.env.STEWARD_TEST_CLI_SECOND;
  if (second === undefined || second === "") {
    console.warn(
      "STEWARD_TEST_CLI_SECOND is not set: the second pinned CLI version is not tested in this run",
    );
    return [bundledCli()];
  }
  return [bundledCli(), { name: "second CLI", path: second }];
};
