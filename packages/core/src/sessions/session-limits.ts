import type { TurnSource } from "@steward/schema/enums";

/** Times of a session's life (DESIGN §5). All are silences or waits, measured on the monotonic clock. */
export interface SessionLimits {
  /** A ready session is suspended after this long without a turn. */
  idleTimeoutMs: number;
  /** From the prompt to the first sign of life. */
  firstEventMs: number;
  /** Silence while the model works. */
  modelSilenceMs: number;
  /** Silence while a tool runs. */
  toolSilenceMs: number;
  /** How long a turn of a source that nobody waits for may take at all; sources without an entry have no such limit. */
  wallMs: Partial<Record<TurnSource, number>>;
  /** From an interrupt to the end of the turn. */
  interruptMs: number;
  /** From the gentle end of a process to its end by force: the driver's own steps take 16 s at most (DESIGN §5). */
  endingMs: number;
  /** Live CLI processes at once. */
  maxLive: number;
  /** CLI processes being started at once. */
  maxSpawning: number;
  /** A session whose processes together hold more memory than this is ended. */
  maxSessionBytes: number;
  /** No process is started with less free memory than this. */
  minFreeBytes: number;
  /**
   * A turn that has waited for memory this long fails with a clear sentence. As long as the longest-waiting clients wait
   * (wire contract: 30 minutes): an answer to a question of this morning, in the evening, is not what one expects.
   */
  memoryWaitMs: number;
  maxWaitingPerChat: number;
  maxWaiting: number;
}

export const DEFAULT_SESSION_LIMITS: Omit<SessionLimits, "maxLive" | "maxSpawning"> = {
  idleTimeoutMs: 2 * 3_600_000,
  firstEventMs: 60_000,
  modelSilenceMs: 300_000,
  toolSilenceMs: 900_000,
  wallMs: { cron: 3_600_000, background: 6 * 3_600_000 },
  interruptMs: 2_000,
  endingMs: 17_000,
  maxSessionBytes: 2 * 1_073_741_824,
  minFreeBytes: 512 * 1_048_576,
  memoryWaitMs: 30 * 60_000,
  maxWaitingPerChat: 50,
  maxWaiting: 1_000,
};
