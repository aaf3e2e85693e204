import { type Finding, msg, ok, problem } from "../finding.ts";

/** @param version as in `process.versions.node`. @param minimum `major.minor.patch`. */
export function checkNode(version: string, minimum: string): Finding {
  return isAtLeast(version, minimum)
    ? ok("node", msg("cli.doctor.node", { version }))
    : problem("node", msg("cli.doctor.node_old", { version, minimum }), msg("cli.doctor.node_old_fix"));
}

/** Compares dotted numbers; what follows a hyphen is ignored. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [have, need] = [version, minimum].map((text) => (text.split("-", 1)[0] ?? "").split(".").map(Number));
  for (const [index, needed] of (need ?? []).entries()) {
    const held = have?.[index] ?? 0;
    if (held !== needed) return held > needed;
  }
  return true;
}
