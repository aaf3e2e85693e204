import type { ServiceProbe } from "../service/probe.ts";
import type { Settings } from "../settings/settings.ts";
import { type ClaudeFacts, checkClaude, checkLogin, checkSameCli } from "./checks/claude.ts";
import { checkDataDirectory, checkDotEnv } from "./checks/data-directory.ts";
import { checkDeliveries } from "./checks/deliveries.ts";
import { checkExposure } from "./checks/exposure.ts";
import { checkClock, checkDisk, checkMemory, checkUser } from "./checks/machine.ts";
import { checkNode } from "./checks/node.ts";
import { checkOwnCommands } from "./checks/own-commands.ts";
import { checkSandbox, type SandboxFacts } from "./checks/sandbox.ts";
import { checkSearch } from "./checks/search.ts";
import { checkService } from "./checks/service.ts";
import { checkBots, checkPrivacyMode, checkTelegramTokens } from "./checks/telegram.ts";
import { checkUnreadOutput } from "./checks/unread-output.ts";
import { checkVoice } from "./checks/voice.ts";
import { type Finding, msg, warning } from "./finding.ts";

/** What the doctor goes by, besides the files of the data directory, which it looks at itself. */
export interface Facts {
  readonly settings: Settings;
  readonly dotEnvPath: string;
  readonly nodeVersion: string;
  readonly minimumNode: string;
  readonly claude: ClaudeFacts;
  readonly sandbox: SandboxFacts;
  readonly probe: ServiceProbe;
  readonly user: { readonly uid: number | undefined; readonly name: string };
  /** Addresses that something listens on at the API's port. */
  readonly listening: readonly string[];
  readonly freeDiskBytes: number;
  readonly freeMemoryBytes: number;
  readonly nowMs: number;
  readonly timeZone: string;
}

/** All checks, in the order a person wants to read them. */
export function diagnose(facts: Facts): Finding[] {
  const { settings, claude, probe, user } = facts;
  const { data, telegramTokens } = settings;
  const loggedIn = claude.login !== null && !(claude.login instanceof Error) && claude.login.loggedIn;
  const inside = probe.state === "up" ? probe.inside : null;
  const bots = inside?.bots ?? null;
  const checks: readonly (readonly [check: string, make: () => Finding | Finding[]])[] = [
    ["node", () => checkNode(facts.nodeVersion, facts.minimumNode)],
    ["claude", () => [checkClaude(claude), ...checkSameCli(claude, probe), ...checkUnreadOutput(probe)]],
    ["login", () => checkLogin(claude, settings.environment, { telegram: telegramTokens.length > 0 })],
    ["data", () => checkDataDirectory(data, user.uid)],
    ["settings", () => checkDotEnv(facts.dotEnvPath)],
    ["service", () => checkService(probe, settings.apiUrl, { loggedIn })],
    ["telegram_token", () => checkTelegramTokens(telegramTokens)],
    ["telegram", () => (bots === null ? [] : checkBots(bots, telegramTokens.length))],
    ["deliveries", () => checkDeliveries(probe)],
    ["commands", () => checkOwnCommands(probe)],
    ["voice", () => checkVoice(probe)],
    ["search", () => checkSearch(probe)],
    ["groups", () => (inside === null ? [] : checkPrivacyMode(inside.bots, inside.chats))],
    ["user", () => checkUser(user.uid, user.name)],
    ["sandbox", () => checkSandbox(facts.sandbox, probe)],
    ["exposure", () => checkExposure(settings, probe.state === "up" ? facts.listening : [])],
    ["disk", () => checkDisk(facts.freeDiskBytes)],
    ["memory", () => checkMemory(facts.freeMemoryBytes)],
    ["clock", () => checkClock(facts.nowMs, facts.timeZone, data.db)],
  ];
  return checks.flatMap(([check, make]) => orSayWhyNot(check, make));
}

/** A check that cannot be made is a finding too; the others still are. */
function orSayWhyNot(check: string, make: () => Finding | Finding[]): Finding[] {
  try {
    const found = make();
    return Array.isArray(found) ? found : [found];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [warning(check, msg("cli.doctor.check_failed", { check, reason }))];
  }
}
