import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { StepError } from "../steps/steps.mjs";
import { FetchError, fetchPackage } from "../toolchain/fetch-package.mjs";
import { claudePackage, runsOnMusl } from "../toolchain/platform-packages.mjs";

/**
 * The second Claude CLI that the tests run against, besides the one Steward depends on. Only tests fetch it.
 *
 * @param {import("../toolchain.mjs").Toolchain} toolchain
 * @param {(text: string) => void} say
 * @returns {Promise<string>} the path of its program
 * @throws {StepError}
 */
export async function ensureSecondCli({ folder, pins, env }, say) {
  const named = env.STEWARD_TEST_CLI_SECOND;
  if (named) {
    if (existsSync(named)) return named;
    throw new StepError(`STEWARD_TEST_CLI_SECOND is ${named}, and there is no such file.`);
  }
  const version = pins.testCliSecond;
  const name = claudePackage(process.platform, process.arch, runsOnMusl());
  if (!name) throw new StepError(`There is no Claude CLI for ${process.platform}-${process.arch}.`);
  const target = join(folder, `claude-${version}`);
  const program = ["node_modules", ...name.split("/"), "claude"];
  if (!existsSync(target)) {
    say(`fetching Claude CLI ${version} …`);
    const finish = (/** @type {string} */ staged) => checkVersion(join(staged, ...program), version);
    try {
      await fetchPackage({ spec: `${name}@${version}`, folder: target, env, finish });
    } catch (error) {
      if (error instanceof FetchError) throw new StepError(error.message, { cause: error });
      throw error;
    }
  }
  return join(target, ...program);
}

/**
 * @param {string} program
 * @param {string} version
 */
function checkVersion(program, version) {
  const { stdout, stderr, error } = spawnSync(program, ["--version"], { encoding: "utf8", timeout: 30_000 });
  if (stdout?.startsWith(version)) return;
  throw new FetchError(`The fetched Claude CLI does not run: ${error?.message ?? (stdout + stderr).trim()}`);
}
