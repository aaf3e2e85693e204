import type { Core } from "@steward/core/core";
import { schedule } from "node-cron";

/** Off the full hour. What a sleeping machine misses the next run makes up for. */
const SCHEDULES = {
  dropOld: "23 */6 * * *",
  packSilentChats: "41 2 * * *",
  // One at a time; where nobody wants it, it costs nothing to ask.
  summariseSilent: "* * * * *",
  // Skipped while a turn runs, so several times; and not while the hourly backup is taken, which would be in its way.
  shrinkLog: "17-47/3 * * * *",
} as const satisfies Record<keyof Core["housekeeping"], string>;

/** Steward's own fixed schedules. In UTC, where no hour is skipped or repeated. Returns how to end them. */
export function scheduleHousekeeping({ housekeeping }: Pick<Core, "housekeeping">): () => Promise<void> {
  const steps = Object.entries(SCHEDULES) as [keyof typeof SCHEDULES, string][];
  const tasks = steps.map(([name, expression]) =>
    schedule(expression, () => housekeeping[name](), { name, timezone: "Etc/UTC", noOverlap: true }),
  );
  return async () => {
    for (const task of tasks) await task.destroy();
  };
}
