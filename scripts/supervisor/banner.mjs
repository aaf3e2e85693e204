import { readFileSync } from "node:fs";
import { join } from "node:path";

const REQUEST_TIMEOUT_MS = 3_000;

/**
 * What runs here, as the API tells it.
 *
 * @typedef {{ mode: "live" | "demo", cli: { version: string | null, login: string | null, problem: string | null }, sandbox?: { active: boolean, message: string | null } }} System
 *
 * @param {Service} service
 * @returns {Promise<System | undefined>} undefined when the API would not say
 */
export async function askSystem(service) {
  return /** @type {System | undefined} */ (await ask(service, "GET", "/api/v1/system"));
}

/**
 * An address that signs one browser in, once. It is a secret: for a person's eyes, and for no log.
 *
 * @param {Service} service
 * @param {string} webAddress where the web UI is
 * @returns {Promise<string | undefined>} undefined when the API would not say
 */
export async function askSignInLink(service, webAddress) {
  const made = /** @type {{ path: string } | undefined} */ (await ask(service, "POST", "/api/v1/web/codes"));
  return made && `${webAddress}${made.path}`;
}

/**
 * @typedef {{ address: string, home: string }} Service
 *
 * @param {Service} service
 * @param {string} method
 * @param {string} path
 * @returns {Promise<unknown>}
 */
async function ask({ address, home }, method, path) {
  try {
    const token = readFileSync(join(home, "token"), "utf8").trim();
    const response = await fetch(`${address}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    return response.ok ? await response.json() : undefined;
  } catch {
    // The banner is a courtesy: without the answer it says less.
    return undefined;
  }
}

/**
 * What runs and what to do next.
 *
 * @param {object} options
 * @param {string} options.address
 * @param {boolean} options.hasTelegram
 * @param {System | undefined} options.system
 * @param {string | undefined} options.link that signs a browser in; undefined where a log collector reads
 * @returns {string[]} lines
 */
export function describeRunning({ address, hasTelegram, system, link }) {
  const running = hasTelegram ? "API and Telegram bot" : "API";
  const lines = ["", `Steward is running: ${running}, ${address}`];
  if (system) lines.push(describeEngine(system), ...describeSandbox(system));
  if (link) lines.push("", "Open it in your browser (signs you in, once, within ten minutes):", `  ${link}`);
  lines.push("", "Next:", '  Say something       npm run -s steward -- chat "hello"');
  lines.push(
    link
      ? "  Another browser     npm run -s steward -- web"
      : "  See everything      npm run -s steward -- web, which makes a link that signs a browser in",
  );
  if (system?.mode === "demo")
    lines.push("  Use your Claude     run `claude` once and log in, or set ANTHROPIC_API_KEY in .env");
  lines.push(
    hasTelegram
      ? "  Pair yourself       write to your bot, then: npm run -s steward -- pair approve CODE"
      : "  Add Telegram        set TELEGRAM_BOT_TOKEN (from @BotFather) in .env, then start again",
    "  Check everything    npm run -s steward -- doctor",
    "  Stop                Ctrl-C",
    "",
  );
  return lines;
}

/** @param {System} system */
function describeEngine({ mode, cli }) {
  if (mode === "demo") return "Demo mode: a built-in model answers, no Claude login or key is configured.";
  if (cli.problem) return `Claude CLI: ${cli.problem}`;
  return `Claude CLI ${cli.version ?? "?"}, login: ${cli.login ?? "none"}`;
}

/**
 * Loud where there is none: it is the one line of the banner that is about danger.
 *
 * @param {System} system
 */
function describeSandbox({ sandbox }) {
  if (!sandbox) return [];
  if (sandbox.active) return ["Sandbox: Claude works shut in, without your files, secrets and network."];
  const text = `  ! ${sandbox.message ?? "No sandbox"}`;
  const rule = "!".repeat(Math.min(text.length + 2, 100));
  return ["", rule, text, "  ! How to mend it: npm run -s steward -- doctor", rule];
}
