import type { Redactor } from "@steward/platform/logger";
import { harmlessLine } from "../terminal/harmless.ts";
import type { Style, Terminal } from "../terminal/terminal.ts";
import type { Finding, FindingStatus, Message } from "./finding.ts";

const MARKS: Readonly<Record<FindingStatus, readonly [mark: string, style: Style]>> = {
  ok: ["✓", "green"],
  warning: ["!", "yellow"],
  problem: ["✗", "red"],
};

interface ReportDeps {
  readonly terminal: Terminal;
  /** Nothing secret is put into a finding; this is the second net (an error may quote an address). */
  readonly redactor: Redactor;
}

/** A line per finding with the way to mend it under it, and a sentence to end with. */
export function printReport(findings: readonly Finding[], { terminal, redactor }: ReportDeps): void {
  const { say, print, style } = terminal;
  const tell = ({ key, params }: Message): string => redactor.redact(harmlessLine(say(key, params)));
  for (const { status, message, fix } of findings) {
    const [mark, color] = MARKS[status];
    const line = tell(message);
    print(`${style("stdout", color, mark)} ${status === "problem" ? style("stdout", color, line) : line}`);
    if (fix !== undefined) print(`  → ${tell(fix)}`);
  }
  const problems = count(findings, "problem");
  const warnings = count(findings, "warning");
  print("");
  if (problems > 0) print(style("stdout", "red", say("cli.doctor.summary_problems", { problems })));
  else print(warnings > 0 ? say("cli.doctor.summary_warnings", { warnings }) : say("cli.doctor.summary_ok"));
}

/** The same for a program: `{ ok, findings: [{ check, status, code, message, fix }] }`; `code` is stable, texts are not. */
export function printJsonReport(findings: readonly Finding[], { terminal, redactor }: ReportDeps): void {
  const tell = ({ key, params }: Message): string => redactor.redact(terminal.say(key, params));
  const report = {
    ok: count(findings, "problem") === 0,
    findings: findings.map(({ check, status, message, fix }) => ({
      check,
      status,
      code: message.key.replace(/^cli\.doctor\./, ""),
      message: tell(message),
      fix: fix === undefined ? null : tell(fix),
    })),
  };
  terminal.print(JSON.stringify(report, null, 2));
}

const count = (findings: readonly Finding[], status: FindingStatus): number =>
  findings.filter((finding) => finding.status === status).length;
