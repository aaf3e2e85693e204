import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { loadDotEnv } from "../../packages/platform/src/env.ts";

/**
 * The few settings the supervisor itself needs. The apps read and check all of them; what is wrong here is left to
 * them to complain about.
 *
 * @param {string} root the checkout, where `.env` lies
 * @param {NodeJS.ProcessEnv} env
 */
export function readSettings(root, env) {
  const file = loadDotEnv(join(root, ".env"));
  // A variable that is set to nothing counts as not set, in the environment as in the file.
  const read = (/** @type {string} */ name) => env[name]?.trim() || file[name]?.trim() || undefined;
  const host = read("STEWARD_HOST") ?? "127.0.0.1";
  const port = Number(read("STEWARD_PORT") ?? 8000) || 8000;
  return {
    host: reachable(host),
    port,
    address: `http://${bracketed(reachable(host))}:${port}`,
    home: resolve(root, (read("STEWARD_HOME") ?? "~/.steward").replace(/^~(?=\/|$)/, homedir())),
    allowedHosts: read("STEWARD_ALLOWED_HOSTS"),
    hasTelegram: Boolean(read("TELEGRAM_BOT_TOKEN") ?? read("TELEGRAM_BOT_TOKENS")),
  };
}

/** @param {string} host the API may listen on every address; a caller needs one of them */
function reachable(host) {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" || host === "[::]" ? "::1" : host.replace(/^\[(.*)\]$/, "$1");
}

/** @param {string} host */
function bracketed(host) {
  return host.includes(":") ? `[${host}]` : host;
}
