import type { HoldInfo } from "@steward/contract/holds";
import type { ServiceProbe } from "../../service/probe.ts";
import { formatMoment } from "../../terminal/units.ts";
import { type Finding, msg, ok, problem, warning } from "../finding.ts";

/** The API as the probe found it. That nothing runs is no fault by itself: the doctor works before the first start. */
export function checkService(
  probe: ServiceProbe,
  url: string,
  /** As the CLI says here and now; the service asked when it started. */
  { loggedIn }: { readonly loggedIn: boolean },
): Finding[] {
  switch (probe.state) {
    case "down":
      return [warning("service", msg("cli.doctor.service_down", { url }), msg("cli.doctor.start_fix"))];
    case "unreachable":
      return [
        problem(
          "service",
          msg("cli.doctor.service_unreachable", { url, reason: probe.reason }),
          msg("cli.doctor.service_unreachable_fix"),
        ),
      ];
    case "foreign":
      return [
        problem("service", msg("cli.doctor.service_foreign", { url }), msg("cli.doctor.service_foreign_fix")),
      ];
    case "up":
      return [...checkReadiness(probe, url), ...checkInside(probe, url, loggedIn)];
  }
}

type RunningService = ServiceProbe & { state: "up" };

function checkReadiness({ readiness, inside }: RunningService, url: string): Finding[] {
  const failing = readiness.components
    .filter(({ ok }) => !ok)
    .map(({ name, detail = "" }) =>
      problem(
        "service",
        msg("cli.doctor.service_component", { name, detail }),
        msg("cli.doctor.service_component_fix"),
      ),
    );
  if (readiness.status !== "ready") {
    const { status } = readiness;
    const state = status === "starting" ? warning : problem;
    return [state("service", msg("cli.doctor.service_status", { url, status })), ...failing];
  }
  const version = inside === null ? "" : ` ${inside.system.version}`;
  return [ok("service", msg("cli.doctor.service", { url, version })), ...failing];
}

function findHold({ kind, since }: HoldInfo): Finding {
  const message = msg(`cli.doctor.hold_${kind}`, { since: formatMoment(since) });
  if (kind === "panic") return warning("holds", message, msg("cli.doctor.hold_panic_fix"));
  return kind === "login"
    ? problem("holds", message, msg("cli.doctor.hold_login_fix"))
    : warning("holds", message);
}

function checkInside({ inside }: RunningService, url: string, loggedIn: boolean): Finding[] {
  if (inside === null) {
    return [
      problem("service", msg("cli.doctor.service_token", { url }), msg("cli.doctor.service_token_fix")),
    ];
  }
  const { cli, mode, holds } = inside.system;
  const findings: Finding[] = holds.map(findHold);
  if (mode === "demo" && loggedIn) {
    findings.push(warning("service", msg("cli.doctor.service_demo"), msg("cli.doctor.restart_fix")));
  }
  if (cli.problem !== null) {
    findings.push(problem("service", msg("cli.doctor.service_cli", { reason: cli.problem })));
  }
  return findings;
}
