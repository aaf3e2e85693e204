import type { Logger } from "@steward/platform/logger";
import type { OpenDatabase } from "@steward/schema/sqlite";

/** Writes the database's log back, beside everything else. One call at a time. */
export interface CheckpointThread {
  /** Rejects with what went wrong; the thread is of no more use then. */
  checkpoint(): Promise<void>;
  end(): Promise<void>;
}

/** About a thousand pages of the log, after which a commit would write it back itself. */
const ROWS = 512;

/**
 * Has the log written back by another thread while very much is being indexed: done by the commits, it holds up the event
 * loop for 20 ms and more, again and again. Without a thread, and when it fails, the commits do it.
 *
 * @param start undefined: there is no other thread that could
 */
export const createCheckpointsAside = (
  database: Pick<OpenDatabase, "leaveCheckpoints">,
  start: (() => CheckpointThread) | undefined,
  log: Logger,
) => {
  let rows = 0;
  let thread: CheckpointThread | null = null;
  /** Undefined also after a thread has failed: what it met, the next one would. */
  let startable = start;

  const end = async (): Promise<void> => {
    const ending = thread;
    thread = null;
    rows = 0;
    if (ending === null) return;
    database.leaveCheckpoints(false);
    await ending.end();
  };
  return {
    /** So many rows more stand in the log. Resolves when writing may go on: the log does not grow without end. */
    written: async (more: number): Promise<void> => {
      rows += more;
      if (startable === undefined || rows < ROWS) return;
      rows = 0;
      try {
        if (thread === null) {
          thread = startable();
          database.leaveCheckpoints(true);
        }
        await thread.checkpoint();
      } catch (error) {
        startable = undefined;
        log.warn({ err: error }, "the database's log could not be written back beside the work");
        await end();
      }
    },
    /** There is no more to write for now. */
    end,
  };
};
