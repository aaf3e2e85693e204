import type { Bot } from "@steward/contract/bots";
import type { Readiness, SystemInfo } from "@steward/contract/health";
import { translate } from "@steward/contract/messages";
import { formatElapsed } from "@steward/telegram/status-text";
import { plainText } from "../outbound/messenger.ts";
import type { Command, CommandRequest } from "./command.ts";
import type { CommandDeps } from "./command-row.ts";

interface Facts {
  system: SystemInfo;
  readiness: Readiness;
  bots: readonly Bot[];
}

/** States in which a bot does its work, or will by itself in a moment. */
const WELL: ReadonlySet<string> = new Set(["polling", "starting", "unknown"]);

/** `/doctor`: what is wrong, each with the next step; else that nothing is. */
export const createDoctorCommand =
  ({ steward, messenger, clock }: Pick<CommandDeps, "steward" | "messenger" | "clock">): Command =>
  async ({ address, language }) => {
    const [system, readiness, bots] = await Promise.all([
      steward.system(),
      steward.readiness(),
      steward.bots(),
    ]);
    const findings = findingsOf({ system, readiness, bots }, language);
    const { live, max, queued } = system.sessions;
    const lines = [
      findings.length === 0
        ? translate(language, "bot.doctor.good")
        : translate(language, "bot.doctor.bad", { count: findings.length }),
      ...findings,
      "",
      translate(language, "bot.doctor.version", {
        version: system.version,
        cli: system.cli.version ?? "?",
        uptime: formatElapsed(clock.now() - system.startedAt),
      }),
      translate(language, "bot.doctor.sessions", { live, max, queued }),
    ];
    await messenger.say(address, plainText(lines.join("\n")));
  };

function findingsOf({ system, readiness, bots }: Facts, language: CommandRequest["language"]): string[] {
  const { cli, sandbox, holds, mode } = system;
  const found: string[] = [];
  if (cli.problem !== null) found.push(translate(language, "bot.doctor.cli", { problem: cli.problem }));
  else if (mode === "live" && cli.login === null) found.push(translate(language, "bot.doctor.login"));
  for (const { kind } of holds) {
    if (kind === "panic") found.push(translate(language, "bot.doctor.hold_panic"));
    else {
      const reason = translate(language, `hold.${kind === "usage_limit" ? "usage_limit_unknown" : kind}`);
      found.push(translate(language, "bot.doctor.hold", { reason }));
    }
  }
  for (const { name, ok, detail = "" } of readiness.components) {
    // The CLI has a line of its own above.
    if (!ok && name !== "cli") found.push(`🔴 ${name}: ${detail}`);
  }
  for (const { kind, state, id, username, stateDetail } of bots) {
    if (kind !== "telegram" || WELL.has(state)) continue;
    const told = stateDetail === "" ? state : `${state} (${stateDetail})`;
    found.push(translate(language, "bot.doctor.bot", { bot: username ?? id, state: told }));
  }
  if (system.deadDeliveries > 0)
    found.push(translate(language, "bot.doctor.dead", { count: system.deadDeliveries }));
  if (sandbox.setting !== "off" && !sandbox.active) {
    const problem = sandbox.message ?? sandbox.problem ?? "";
    found.push(translate(language, "bot.doctor.sandbox", { problem }));
  }
  for (const { file, problem } of system.commandProblems)
    found.push(translate(language, "bot.doctor.own_command", { file, problem }));
  return found;
}
