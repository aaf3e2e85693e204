import { existsSync } from "node:fs";
import { acquireInstanceLock, InstanceLockedError } from "@steward/schema/instance-lock";
import type { Settings } from "../settings/settings.ts";

/**
 * Does something with the data directory that no service may do anything with meanwhile.
 *
 * @returns null when a service holds it; nothing was done then
 * @throws InstanceLockedError only with `onHeld: "throw"`
 */
export function whileStopped<Result>(
  { data }: Pick<Settings, "data">,
  action: () => Result,
  onHeld: "null" | "throw" = "null",
): Result | null {
  // No data directory: nothing can hold it, and nothing is made for the lock's sake.
  if (!existsSync(data.root)) return action();
  let lock: { release(): void };
  try {
    lock = acquireInstanceLock(data.lockDb, {
      pid: process.pid,
      since: Date.now(),
      version: "steward command",
    });
  } catch (error) {
    if (error instanceof InstanceLockedError && onHeld === "null") return null;
    throw error;
  }
  try {
    return action();
  } finally {
    lock.release();
  }
}
