import type { ServiceProbe } from "../../service/probe.ts";
import { type Finding, msg, ok, problem } from "../finding.ts";

/** How the running service makes text of voice messages. Off is no fault: they come as files. */
export function checkVoice(probe: ServiceProbe): Finding[] {
  if (probe.state !== "up" || probe.inside === null) return [];
  const { mode, detail, problem: trouble } = probe.inside.system.transcription;
  if (trouble !== null) {
    return [
      problem("voice", msg("cli.doctor.voice_not_found", { detail }), msg("cli.doctor.voice_not_found_fix")),
    ];
  }
  return [ok("voice", msg(`cli.doctor.voice_${mode}`, { detail }))];
}
