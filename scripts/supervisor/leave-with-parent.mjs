import { isMainThread } from "node:worker_threads";

/**
 * Preloaded into every supervised program (`node --import …`): when the supervisor is gone, killed for example, the
 * program ends itself, gracefully at first. A killed supervisor cannot do that for it.
 */
const POLL_MS = 300;
const GRACE_MS = 15_000;

// Worker threads inherit the preload.
if (isMainThread) {
  // Told, not asked for: the supervisor may be gone before this line runs, and the parent is another one then.
  const supervisor = Number(process.env.STEWARD_PARENT_PID ?? process.ppid);
  // Under `node --watch` the parent is the watcher, which outlives a killed supervisor.
  const isChild = process.ppid === supervisor;
  const poll = setInterval(() => {
    if (isChild ? process.ppid === supervisor : lives(supervisor)) return;
    clearInterval(poll);
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.kill(process.pid, "SIGKILL"), GRACE_MS).unref();
  }, POLL_MS);
  poll.unref();
}

/** @param {number} pid */
function lives(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process lives as well.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
