import { availableParallelism, totalmem } from "node:os";
import { DEFAULT_SESSION_LIMITS, type SessionLimits } from "@steward/core/session-limits";
import { freeMemoryBytes } from "@steward/platform/memory";
import type { ApiConfig } from "../api-config.ts";

/** A healthy CLI with room for what it starts; more than this many are never needed by one person. */
const BYTES_PER_CLI = 400 * 1_048_576;
const MOST_CLIS = 12;
/** A CLI with a build or a test run under it; less than this would end ordinary work. */
const LEAST_SESSION_BYTES = 1_073_741_824;

/** As many CLI processes as memory has room for; see the measured sizes in the CLI's facts. */
export function sessionLimits(sessions: ApiConfig["sessions"]): SessionLimits {
  const room = Math.floor((freeMemoryBytes() - sessions.minFreeBytes) / BYTES_PER_CLI);
  return {
    ...DEFAULT_SESSION_LIMITS,
    idleTimeoutMs: sessions.idleTimeoutMs,
    // Whoever wants to wait less for the model wants to wait less for its first sign, too.
    firstEventMs: Math.min(DEFAULT_SESSION_LIMITS.firstEventMs, sessions.modelSilenceMs),
    modelSilenceMs: sessions.modelSilenceMs,
    toolSilenceMs: sessions.toolSilenceMs,
    minFreeBytes: sessions.minFreeBytes,
    maxSessionBytes: sessions.maxSessionBytes ?? Math.max(machineBytes() / 2, LEAST_SESSION_BYTES),
    maxLive: sessions.maxLive ?? Math.min(Math.max(room, 2), MOST_CLIS),
    maxSpawning: availableParallelism(),
  };
}

/** What the machine has, or what our control group leaves us of it. */
function machineBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(totalmem(), constrained) : totalmem();
}
