/** Taken over from our own environment as they are. Everything else stays out: tokens of ours above all. */
const ALLOWED: ReadonlySet<string> = new Set([
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "LANG",
  "LANGUAGE",
  "TERM",
  "TZ",
  "TMPDIR",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "NODE_EXTRA_CA_CERTS",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "no_proxy",
  "XDG_CONFIG_HOME",
  "XDG_CACHE_HOME",
  "XDG_DATA_HOME",
  "ANTHROPIC_BASE_URL",
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_AUTH_TOKEN",
  "CLAUDE_CODE_OAUTH_TOKEN",
]);

const ALLOWED_PREFIXES = ["LC_"] as const;

/**
 * The version is chosen by the owner or pinned by us, so it must not change under a running service; and what is not
 * a turn (title requests, telemetry, crash reports, surveys) must not leave the machine or cost a request.
 */
const QUIET: Readonly<Record<string, string>> = {
  DISABLE_AUTOUPDATER: "1",
  DISABLE_TELEMETRY: "1",
  DISABLE_ERROR_REPORTING: "1",
  DISABLE_BUG_COMMAND: "1",
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  CLAUDE_CODE_DISABLE_FEEDBACK_SURVEY: "1",
};

export interface CliEnvironmentOptions {
  /** Our own environment, `.env` included. */
  source: Readonly<Record<string, string | undefined>>;
  /** Instead of the source's HOME: another login, or a test's own. */
  home?: string;
  /** Added last, as it is: what the caller knows to be for this process. */
  extra?: Readonly<Record<string, string>>;
}

/**
 * The complete environment of a CLI process, by an allow-list: never a bot, API or push token, and none of
 * `CLAUDECODE*` (a nested run behaves differently), `NODE_OPTIONS` or `LD_*` (they load code).
 */
export function buildCliEnvironment(options: CliEnvironmentOptions): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.source)) {
    if (value === undefined || value === "") continue;
    if (ALLOWED.has(name) || ALLOWED_PREFIXES.some((prefix) => name.startsWith(prefix))) env[name] = value;
  }
  if (options.home !== undefined) env.HOME = options.home;
  return { ...env, ...QUIET, ...options.extra };
}
