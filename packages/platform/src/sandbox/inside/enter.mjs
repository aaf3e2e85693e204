// The first program inside a sandbox. It makes the private files and the doors to the outside, hands the doors to the
// service through the channel, and ends; the shell that started it becomes the program itself.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname } from "node:path";

/** How often it looks whether the service is still there. */
const GONE_EVERY_MS = 100;

/** @typedef {{ files: { path: string, content: string }[], ports: number[] }} Setup */

process.once("message", (message) => {
  void enter(/** @type {Setup} */ (message));
});
process.once("disconnect", () => process.exit(1));
// A service that was killed before anybody listened here is not told of by that event.
setInterval(() => {
  if (!process.connected) process.exit(1);
}, GONE_EVERY_MS);

/** @param {Setup} setup */
async function enter({ files, ports }) {
  for (const { path, content } of files) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, content);
    chmodSync(path, 0o600);
  }
  for (const port of ports) {
    const door = createServer({ pauseOnConnect: true });
    await new Promise((resolve, reject) => {
      door.once("error", reject);
      // Both families where there are two: "localhost" may mean either.
      door.listen({ port, host: "::", ipv6Only: false }, () => resolve(undefined));
    }).catch(() => listenOnIpv4(door, port));
    await send({ type: "door", port }, door);
  }
  process.once("message", () => process.exit(0));
  await send({ type: "ready" });
}

/**
 * @param {import("node:net").Server} door
 * @param {number} port
 */
function listenOnIpv4(door, port) {
  return new Promise((resolve, reject) => {
    door.removeAllListeners("error");
    door.once("error", reject);
    door.listen({ port, host: "127.0.0.1" }, () => resolve(undefined));
  });
}

/**
 * @param {object} message
 * @param {import("node:net").Server} [handle]
 */
function send(message, handle) {
  return new Promise((resolve, reject) => {
    process.send?.(message, handle, {}, (error) => (error ? reject(error) : resolve(undefined)));
  });
}
