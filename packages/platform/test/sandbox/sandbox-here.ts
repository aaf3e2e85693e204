import { createSystemClock } from "../../src/clock.ts";
import { createIds } from "../../src/ids.ts";
import { createProcessSpawner, createProcessTable } from "../../src/process/index.ts";
import {
  createGuardRegistry,
  createSandbox,
  findBubblewrap,
  type Sandbox,
  type SandboxRequest,
} from "../../src/sandbox/index.ts";

const found = await findBubblewrap(process.env);
if (!found.ok) console.warn(`no sandbox tests on this machine: ${found.reason}: ${found.detail}`);

export const hasBubblewrap = found.ok;

export function sandboxHere(guards = createGuardRegistry(null), ids = createIds()): Sandbox {
  if (!found.ok) throw new Error(found.detail);
  return createSandbox({
    bubblewrap: found.bubblewrap,
    spawner: createProcessSpawner(),
    table: createProcessTable(),
    guards,
    clock: createSystemClock(),
    ids,
  });
}

/** Nothing but a directory to work in. */
export const bareRequest = (cwd: string, more: Partial<SandboxRequest> = {}): SandboxRequest => ({
  cwd,
  home: "/home/nobody-here",
  writable: [],
  readOnly: [],
  masked: [],
  guarded: [],
  files: [],
  forwards: [],
  pathDoors: [],
  proxy: null,
  maxProcesses: 256,
  ...more,
});
