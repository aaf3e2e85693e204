import type { ServiceProbe } from "../../service/probe.ts";
import { type Finding, msg, problem } from "../finding.ts";

/** Whether the running service can compare vectors. Without them it finds by words alone. */
export function checkSearch(probe: ServiceProbe): Finding[] {
  if (probe.state !== "up" || probe.inside === null) return [];
  const { vectorProblem } = probe.inside.system.search;
  if (vectorProblem === null) return [];
  return [
    problem(
      "search",
      msg("cli.doctor.vectors_unavailable", { reason: vectorProblem }),
      msg("cli.doctor.vectors_unavailable_fix"),
    ),
  ];
}
