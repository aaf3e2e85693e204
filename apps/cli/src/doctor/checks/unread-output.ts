import type { ServiceProbe } from "../../service/probe.ts";
import { type Finding, msg, ok, warning } from "../finding.ts";

/** What the service's Claude CLIs have said that it could not read. Events of newer versions are no fault. */
export function checkUnreadOutput(probe: ServiceProbe): Finding[] {
  if (probe.state !== "up" || probe.inside === null) return [];
  const { badLines, oversizeLines, unknownEvents, unknownTypes } = probe.inside.system.passedOver;
  const findings: Finding[] = [];
  if (badLines > 0) {
    findings.push(
      warning(
        "claude",
        msg("cli.doctor.claude_bad_lines", { count: badLines }),
        msg("cli.doctor.claude_bad_lines_fix"),
      ),
    );
  }
  if (oversizeLines > 0) {
    findings.push(warning("claude", msg("cli.doctor.claude_oversize_lines", { count: oversizeLines })));
  }
  if (unknownEvents > 0) {
    const types = unknownTypes.map(({ type, count }) => `${type} (${count})`).join(", ");
    findings.push(ok("claude", msg("cli.doctor.claude_unknown_events", { types })));
  }
  return findings;
}
