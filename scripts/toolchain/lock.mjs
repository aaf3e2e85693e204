import { readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";

const POLL_MS = 200;

/**
 * Runs `work` while no other process of this checkout does. The lock is a symbolic link whose target is its owner's
 * pid: made in one step and never half-written. A lock whose owner is gone is taken over.
 *
 * @template T
 * @param {string} file its folder must exist
 * @param {() => Promise<T>} work
 * @param {(ownerPid: number) => void} onWait called once when somebody else holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(file, work, onWait) {
  let told = false;
  while (!tryLock(file)) {
    const owner = readOwner(file);
    if (owner === undefined) continue;
    if (!isAlive(owner)) {
      removeStale(file, owner);
      continue;
    }
    if (!told) onWait(owner);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** @param {string} file */
function tryLock(file) {
  try {
    symlinkSync(String(process.pid), file);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** @param {string} file */
function readOwner(file) {
  try {
    return Number(readlinkSync(file));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/**
 * Between our look and our rename another process may have taken the stale lock over; then what we moved is a live
 * lock, and it goes back.
 *
 * @param {string} file
 * @param {number} deadOwner
 */
function removeStale(file, deadOwner) {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
    const moved = readOwner(aside);
    if (moved !== undefined && moved !== deadOwner) symlinkSync(String(moved), file);
  } catch (error) {
    const code = codeOf(error);
    if (code !== "ENOENT" && code !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code;
}
