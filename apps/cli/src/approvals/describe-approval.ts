import type { Approval, ShownApproval } from "@steward/contract/approvals";
import { harmless, harmlessLine } from "../terminal/harmless.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { formatDuration } from "../terminal/units.ts";

/** What a person types for it: the ids of one minute begin alike, their ends are random. */
export const shortId = (id: string): string => id.slice(-6);

/** The call itself, indented: exactly what would run, with all that is hidden made visible by the service. */
export const describeCall = (shown: Pick<ShownApproval, "text" | "questions">): string[] => {
  const lines =
    shown.questions === null
      ? harmless(shown.text).split("\n")
      : shown.questions.flatMap(({ question, options }) => [
          harmless(question),
          ...options.map(
            ({ label, description }, index) =>
              `  ${index + 1}. ${harmlessLine(label)}${description === "" ? "" : ` – ${harmlessLine(description)}`}`,
          ),
        ]);
  return lines.map((line) => `    ${line}`);
};

/** One approval as a block of lines: what, where from, for how long, and the call. */
export function describeApproval(approval: Approval, terminal: Terminal, nowMs: number): string[] {
  const { say, style } = terminal;
  const { botId, chatId, threadId } = approval;
  const chat = [botId, chatId, threadId].filter((part) => part !== "").join("/");
  const left = formatDuration(Math.max(0, approval.expiresAt - nowMs));
  const state =
    approval.state === "pending"
      ? say("cli.approvals.expires_in", { left })
      : describeEnd(approval, terminal);
  const head = `${shortId(approval.id)}  ${harmlessLine(approval.toolName)}`;
  const lines = [
    `${style("stdout", "bold", head)}  ${style("stdout", "dim", `${chat} · ${state}`)}`,
    ...describeCall(approval),
  ];
  if (approval.isCut) lines.push(`    ${say("cli.approvals.is_cut", { id: shortId(approval.id) })}`);
  if (approval.reason !== null)
    lines.push(`    ${say("cli.approvals.reason", { reason: harmlessLine(approval.reason) })}`);
  if (approval.rule !== null && approval.state === "pending")
    lines.push(`    ${say("cli.approvals.rule", { rule: harmlessLine(approval.rule) })}`);
  return lines;
}

/** How it ended, in one phrase. */
export function describeEnd(
  { state, decision, decidedBy }: Pick<Approval, "state" | "decision" | "decidedBy">,
  { say }: Pick<Terminal, "say">,
): string {
  const by = harmlessLine(decidedBy ?? "steward");
  if (state === "allowed") {
    return say(decision === "session" ? "cli.approvals.allowed_session" : "cli.approvals.allowed", { by });
  }
  return state === "denied" ? say("cli.approvals.denied", { by }) : say(`cli.approvals.${state}`);
}
