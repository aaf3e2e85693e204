/**
 * Calls `onStop` when somebody wants this command to end: Ctrl-C, SIGTERM, a closed terminal, or nobody left to read
 * the output. It may be called several times (npm and the terminal both pass Ctrl-C on).
 *
 * @param {() => void} onStop
 */
export function onStopSignal(onStop) {
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(signal, onStop);
  // EPIPE: the reader of our output has gone (`npm start | head`), and there is nowhere left to complain.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", onStop);
}
