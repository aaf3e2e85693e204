import { existsSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { formatBytes, formatDuration, formatMoment } from "../../terminal/units.ts";
import { type Finding, msg, ok, problem, warning } from "../finding.ts";

const MB = 1_048_576;

/** Root is allowed (containers, home servers) and red: what an agent can do as root has no floor. */
export const checkUser = (uid: number | undefined, userName: string): Finding =>
  uid === 0
    ? problem("user", msg("cli.doctor.root"), msg("cli.doctor.root_fix"))
    : ok("user", msg("cli.doctor.user", { name: userName }));

const DISK_FLOOR_BYTES = 200 * MB;
const DISK_LOW_BYTES = 1_024 * MB;

export function checkDisk(freeBytes: number): Finding {
  const message = msg("cli.doctor.disk", { free: formatBytes(freeBytes) });
  if (freeBytes < DISK_FLOOR_BYTES) return problem("disk", message, msg("cli.doctor.disk_fix"));
  return freeBytes < DISK_LOW_BYTES
    ? warning("disk", message, msg("cli.doctor.disk_fix"))
    : ok("disk", message);
}

/** Free space for an ordinary user on the disk that holds (or will hold) this path. */
export function freeDiskBytes(path: string): number {
  const { bavail, bsize } = statfsSync(nearestExisting(path));
  return bavail * bsize;
}

function nearestExisting(path: string): string {
  let place = path;
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  return place;
}

/** Below this no Claude process is started: one takes 200 to 300 MB, its tools come on top. */
const MEMORY_FLOOR_BYTES = 512 * MB;
const MEMORY_LOW_BYTES = 1_024 * MB;

export function checkMemory(freeBytes: number): Finding {
  const message = msg("cli.doctor.memory", { free: formatBytes(freeBytes) });
  if (freeBytes < MEMORY_FLOOR_BYTES) return problem("memory", message, msg("cli.doctor.memory_fix"));
  return freeBytes < MEMORY_LOW_BYTES
    ? warning("memory", message, msg("cli.doctor.memory_fix"))
    : ok("memory", message);
}

/** Steward was written after this moment; a clock that says otherwise is wrong. */
const WRITTEN_AT = Date.UTC(2026, 10, 1);
/** File systems and clocks may differ a little. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Against the program's own age and the youngest file it wrote: a clock that went back repeats cron runs. */
export function checkClock(nowMs: number, zone: string, writtenFile: string): Finding {
  const fix = msg("cli.doctor.clock_fix");
  if (nowMs < WRITTEN_AT)
    return problem("clock", msg("cli.doctor.clock_past", { now: formatMoment(nowMs, zone) }), fix);
  const ahead = (statSync(writtenFile, { throwIfNoEntry: false })?.mtimeMs ?? 0) - nowMs;
  return ahead > CLOCK_TOLERANCE_MS
    ? problem("clock", msg("cli.doctor.clock_behind", { by: formatDuration(ahead) }), fix)
    : ok("clock", msg("cli.doctor.clock", { now: formatMoment(nowMs, zone), zone }));
}
