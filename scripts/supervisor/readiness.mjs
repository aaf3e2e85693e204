import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 100;
const REQUEST_TIMEOUT_MS = 2_000;
const REMIND_EVERY_MS = 15_000;

/**
 * Waits until the API can work. One that answers but is not ready for 15 s (no Claude CLI, say) counts as well: the
 * bot must run to tell its people what is wrong.
 *
 * @param {object} options
 * @param {string} options.address e.g. `http://127.0.0.1:8000`
 * @param {AbortSignal} options.signal
 * @param {(text: string) => void} options.say
 * @param {number} [options.remindEveryMs]
 * @returns {Promise<void>} rejects when aborted
 */
export async function untilReady({ address, signal, say, remindEveryMs = REMIND_EVERY_MS }) {
  let remindAt = performance.now() + remindEveryMs;
  for (;;) {
    const answer = await ask(address, signal);
    if (answer?.ok) return;
    if (performance.now() >= remindAt) {
      say(answer ? `up, but not ready: ${answer.problems}` : "still starting …");
      if (answer) return;
      remindAt += remindEveryMs;
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

/**
 * @param {string} address
 * @param {AbortSignal} signal
 * @returns {Promise<{ ok: boolean, problems: string } | undefined>} undefined: no answer
 */
async function ask(address, signal) {
  try {
    const response = await fetch(`${address}/readyz`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    return { ok: response.ok, problems: describe(/** @type {Readiness} */ (await response.json())) };
  } catch {
    // Not listening yet, or too busy to answer: ask again.
    signal.throwIfAborted();
    return undefined;
  }
}

/**
 * @typedef {{ components?: { name: string, ok: boolean, detail?: string }[] }} Readiness
 * @param {Readiness} body
 */
function describe({ components = [] }) {
  const failing = components.filter(({ ok }) => !ok);
  return (
    failing.map(({ name, detail }) => (detail ? `${name} (${detail})` : name)).join(", ") || "no reason given"
  );
}

/**
 * Whether somebody listens there already. Then an answer on `/readyz` would not be our API's.
 *
 * @param {string} host
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export function isTaken(host, port) {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: REQUEST_TIMEOUT_MS });
    const settle = (/** @type {boolean} */ taken) => {
      socket.destroy();
      resolve(taken);
    };
    socket.once("connect", () => settle(true));
    socket.once("timeout", () => settle(false));
    socket.once("error", () => settle(false));
  });
}
