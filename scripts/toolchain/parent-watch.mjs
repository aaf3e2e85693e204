const POLL_MS = 300;

/** Set by our own launcher for the process that takes its place: the parent that must stay. */
export const LAUNCHER_PID = "STEWARD_LAUNCHER_PID";

/**
 * Calls `onGone` once when the process that started this command is gone. npm killed by SIGKILL (or by a signal it
 * does not pass on) leaves its script running; the only trace is a changed parent.
 *
 * Only npm, pnpm and our own launcher are watched. A shell that started `node scripts/start.mjs &` and ended is no
 * reason to stop.
 *
 * @param {() => void} onGone
 * @returns {void}
 */
export function parentWatch(onGone) {
  const launcher = process.env[LAUNCHER_PID];
  if (launcher === undefined && process.env.npm_lifecycle_event === undefined) return;
  const parent = launcher === undefined ? process.ppid : Number(launcher);
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, POLL_MS);
  timer.unref();
}
