import type { ServiceProbe } from "../../service/probe.ts";
import { type Finding, msg, warning } from "../finding.ts";

/** Files of own commands that the running service cannot use. */
export function checkOwnCommands(probe: ServiceProbe): Finding[] {
  if (probe.state !== "up" || probe.inside === null) return [];
  return probe.inside.system.commandProblems.map(({ file, problem }) =>
    warning("commands", msg("cli.doctor.own_command", { file, problem }), msg("cli.doctor.own_command_fix")),
  );
}
