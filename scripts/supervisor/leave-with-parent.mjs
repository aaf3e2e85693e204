import { isMainThread } from "node:worker_threads";

/**
 * Preloaded into every supervised program (`node --import …`): when the supervisor is gone, killed for example, the
 * program ends itself, gracefully at first. A killed supervisor cannot do that for it.
 */
const POLL_MS = 300;
const GRACE_MS = 15_000;

// Worker threads inherit the preload.
if (isMainThread) {
  const supervisor = process.ppid;
  const poll = setInterval(() => {
    if (process.ppid === supervisor) return;
    clearInterval(poll);
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.kill(process.pid, "SIGKILL"), GRACE_MS).unref();
  }, POLL_MS);
  poll.unref();
}
