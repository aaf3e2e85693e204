import { lastLines, runCommand } from "../steps/run-command.mjs";

/**
 * Installs packages of Debian's, as root.
 *
 * @param {readonly string[]} packages
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string | undefined>} why it failed
 */
export async function installDebianPackages(packages, env) {
  const options = { cwd: "/", env: { ...env, DEBIAN_FRONTEND: "noninteractive" } };
  // A stale index may still lead to the packages: only the installation decides.
  const update = await runCommand("apt-get", ["update"], options);
  const install = await runCommand(
    "apt-get",
    ["install", "-y", "--no-install-recommends", ...packages],
    options,
  );
  if (install.code === 0) return undefined;
  return lastLines(update.code === 0 ? install.output : update.output + install.output, 10);
}
