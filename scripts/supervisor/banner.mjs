import { readFileSync } from "node:fs";
import { join } from "node:path";

const REQUEST_TIMEOUT_MS = 3_000;

/**
 * What runs here, as the API tells it.
 *
 * @typedef {{ mode: "live" | "demo", cli: { version: string | null, login: string | null, problem: string | null }, sandbox?: { active: boolean, message: string | null } }} System
 *
 * @param {{ address: string, home: string }} settings
 * @returns {Promise<System | undefined>} undefined when the API would not say
 */
export async function askSystem({ address, home }) {
  try {
    const token = readFileSync(join(home, "token"), "utf8").trim();
    const response = await fetch(`${address}/api/v1/system`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    return response.ok ? /** @type {System} */ (await response.json()) : undefined;
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
 * @returns {string[]} lines
 */
export function describeRunning({ address, hasTelegram, system }) {
  const running = hasTelegram ? "API and Telegram bot" : "API";
  const lines = ["", `Steward is running: ${running}, ${address}`];
  if (system) lines.push(describeEngine(system), ...describeSandbox(system));
  lines.push("", "Next:", '  Say something       npm run -s steward -- chat "hello"');
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
