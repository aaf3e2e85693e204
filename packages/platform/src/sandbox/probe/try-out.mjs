// Runs inside a sandbox and tries what must not work, and what must. Prints what it could do, as one line of JSON.
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";

/** @typedef {{ secret: string, secrets: string[], foreign: string[], workspace: string, guarded: string, ownerPid: number, ownerStartedAt: string, closedPort: number, openPort: number }} Targets */

/** @type {Targets} */
const targets = JSON.parse(process.argv[2] ?? "{}");
const REACH_TIMEOUT_MS = 2_000;

/** @type {Record<string, () => unknown>} each returns, or throws when it is prevented */
const attempts = {
  read_data: () => readFileSync(targets.secret),
  read_secrets: () => targets.secrets.some((path) => holdsAnything(path)) || forbidden(),
  see_home: () => targets.foreign.some((path) => existsSync(path)) || forbidden(),
  see_processes: () => readdirSync("/proc").filter((name) => /^\d+$/.test(name)).length > 6 || forbidden(),
  // Its number may be somebody else's in here; when it began is its own.
  see_owner: () => startTime(targets.ownerPid) === targets.ownerStartedAt || forbidden(),
  write_system: () => accessSync("/usr", constants.W_OK),
  // May well work in a copy that nobody else sees: the one outside looks.
  write_data: () => {
    writeFileSync(`${targets.secret}.written`, "");
    forbidden();
  },
  write_kernel: () => accessSync("/proc/sys/kernel/core_pattern", constants.W_OK),
  write_guarded: () => writeFileSync(targets.guarded, ""),
  reach_service: () => reach(targets.closedPort),
  work: () => writeFileSync(`${targets.workspace}/probe`, "worked"),
  reach_permitted: () => reach(targets.openPort),
};

/** @param {string} path */
function holdsAnything(path) {
  try {
    return (statSync(path).isDirectory() ? readdirSync(path) : readFileSync(path)).length > 0;
  } catch {
    return false;
  }
}

/** @param {number} pid */
function startTime(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

function forbidden() {
  throw new Error("not there");
}

/** @param {number} port */
function reach(port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: REACH_TIMEOUT_MS });
    socket.once("data", resolve);
    socket.once("error", reject);
    socket.once("timeout", () => reject(new Error("no answer")));
    socket.once("close", () => reject(new Error("hung up")));
  });
}

/** @type {string[]} */
const succeeded = [];
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    await attempt();
    succeeded.push(name);
  } catch {
    // Prevented: which of them should be is for the one outside to judge.
  }
}
process.stdout.write(`${JSON.stringify(succeeded)}\n`, () => process.exit(0));
