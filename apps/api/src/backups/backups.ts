import { Worker } from "node:worker_threads";
import type { BackupInfo } from "@steward/contract/backups";
import { DomainError } from "@steward/contract/errors";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { listBackups } from "@steward/schema/backups";
import { storageFaultOf } from "@steward/schema/storage-fault";
import { schedule } from "node-cron";

/** Every hour, off the full one. */
const SCHEDULE = "7 * * * *";
const HOUR_MS = 3_600_000;
/** A start has more urgent things to do than to make up for what a sleeping machine has missed. */
const CATCH_UP_AFTER_MS = 5 * 60_000;

export interface Backups {
  /** Takes one now; while one is being taken, that one. Throws DomainError storage_full, or what went wrong. */
  take(): Promise<BackupInfo>;
  /** Begins the hourly ones; returns how to end them. */
  start(): () => Promise<void>;
}

/** Backups of a database in use, into a folder, with old ones dropped (24 hours, 7 days). */
export const createBackups = (deps: {
  database: string;
  folder: string;
  clock: Clock;
  log: Logger;
}): Backups => {
  const { database, folder, clock, log } = deps;
  let taking: Promise<BackupInfo> | null = null;

  const work = (): Promise<BackupInfo> =>
    new Promise((resolve, reject) => {
      const file = new URL("./backup-worker.ts", import.meta.url);
      const worker = new Worker(file, { workerData: { database, folder, now: clock.now() } });
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.once("exit", (code) => reject(new Error(`the backup ended with ${code}`)));
    });

  const take = async (): Promise<BackupInfo> => {
    taking ??= work().finally(() => {
      taking = null;
    });
    try {
      const backup = await taking;
      log.info({ name: backup.name, bytes: backup.bytes }, "backup taken");
      return backup;
    } catch (error) {
      log.error({ err: error }, "backup failed");
      if (storageFaultOf(error) === null) throw error;
      throw new DomainError("storage_full", "There is no room for a backup; nothing was done", {
        cause: error,
      });
    }
  };
  const takeOnSchedule = async (): Promise<void> => {
    // It has been logged; the next hour tries again.
    await take().catch(() => undefined);
  };

  const isLate = (): boolean => {
    try {
      const newest = listBackups(folder)[0];
      return !newest || clock.now() - newest.takenAt > HOUR_MS;
    } catch (error) {
      log.error({ err: error }, "the backups could not be looked at");
      return true;
    }
  };

  return {
    take,
    start: () => {
      const task = schedule(SCHEDULE, takeOnSchedule, {
        name: "backups",
        timezone: "Etc/UTC",
        noOverlap: true,
      });
      const catchUp = clock.setTimer(
        CATCH_UP_AFTER_MS,
        () => {
          if (isLate()) void takeOnSchedule();
        },
        { unref: true },
      );
      return async () => {
        catchUp.cancel();
        await task.destroy();
      };
    },
  };
};
