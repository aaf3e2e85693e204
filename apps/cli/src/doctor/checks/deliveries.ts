import type { ServiceProbe } from "../../service/probe.ts";
import { type Finding, msg, problem } from "../finding.ts";

/** What the running service could not deliver at all: somebody waits for it. */
export function checkDeliveries(probe: ServiceProbe): Finding[] {
  if (probe.state !== "up" || probe.inside === null) return [];
  const { deadDeliveries: count } = probe.inside.system;
  if (count === 0) return [];
  return [
    problem(
      "deliveries",
      msg("cli.doctor.dead_deliveries", { count }),
      msg("cli.doctor.dead_deliveries_fix"),
    ),
  ];
}
