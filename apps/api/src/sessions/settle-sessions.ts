import type { Core } from "@steward/core/core";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";

/** What runs may end by itself; then it is ended. With the connections less than the supervisor's 15 s (DESIGN §5). */
const DRAIN_MS = 3_000;
const STOP_MS = 12_000;

/** No new turns, a moment for the running ones, then no process is left; never longer than the supervisor waits. */
export async function settleSessions(
  core: Pick<Core, "stop">,
  { clock, log }: { clock: Pick<Clock, "sleep">; log: Logger },
): Promise<void> {
  const patience = new AbortController();
  const stopped = core.stop(DRAIN_MS).finally(() => patience.abort());
  // Rejects when the sessions were faster.
  const timedOut = clock.sleep(STOP_MS, patience.signal).then(
    () => log.warn("sessions would not end in time; the next start ends what is left"),
    () => undefined,
  );
  await Promise.race([stopped, timedOut]);
}
