import { Server } from "node:net";
import { fileURLToPath } from "node:url";
import type { Clock } from "../clock.ts";
import type { Ids } from "../ids.ts";
import {
  type ManagedProcess,
  type ProcessSpawner,
  SpawnError,
  type SpawnOptions,
} from "../process/managed-process.ts";
import type { ProcessTable } from "../process/process-table.ts";
import type { Bubblewrap } from "./bubblewrap-arguments.ts";
import { createDoors } from "./doors.ts";
import { createProcessLimit } from "./process-limit.ts";
import type { SandboxRequest } from "./sandbox-request.ts";
import { findSandboxLine, presentAsOne } from "./sandboxed-process.ts";
import type { UndoStack } from "./undo-stack.ts";

export interface EnterSandboxDeps {
  bubblewrap: Bubblewrap;
  spawner: ProcessSpawner;
  table: ProcessTable;
  clock: Clock;
  ids: Ids;
  /** Makes bubblewrap's arguments up to the program; what is needed to get in is to be shown as well. */
  arrange: (shown: readonly string[]) => readonly string[];
  /** Everything that is taken on the way; the caller unwinds it, at the end of the process or when this throws. */
  undo: UndoStack;
}

const ENTER = fileURLToPath(new URL("./inside/enter.mjs", import.meta.url));
const ENTER_TIMEOUT_MS = 15_000;
/** A failed entry, told apart from the program's own exit codes by happening before it. */
const BOOTSTRAP = [
  '"$1" "$2" </dev/null >/dev/null || exit 97',
  "limit=$3; shift 3",
  "unset NODE_CHANNEL_FD NODE_CHANNEL_SERIALIZATION_MODE",
  // bash calls it -u, dash -p. Root is exempt from it; for root there is the control group.
  'ulimit -u "$limit" 2>/dev/null || ulimit -p "$limit" 2>/dev/null',
  'exec "$@" 3>&-',
].join("\n");

/**
 * Starts bubblewrap, lets the first program inside make doors and files, and then the program itself begin.
 *
 * @throws SpawnError, and what taking the guards throws; nothing that was started lives on then
 */
export async function enterSandbox(
  options: SpawnOptions,
  request: SandboxRequest,
  deps: EnterSandboxDeps,
): Promise<ManagedProcess> {
  const { undo } = deps;
  const args = deps.arrange([process.execPath, ENTER]);
  const doors = createDoors(request);
  undo.add(() => doors.close());
  let isReady: () => void = () => undefined;
  const ready = new Promise<"ready">((resolve) => {
    isReady = () => resolve("ready");
  });
  const spawned = await deps.spawner.spawn({
    ...options,
    command: deps.bubblewrap.path,
    args: [
      ...args,
      ...["--", "/bin/sh", "-c", BOOTSTRAP, "sh"],
      ...[process.execPath, ENTER, String(request.maxProcesses)],
      ...[options.command, ...(options.args ?? [])],
    ],
    cwd: "/",
    onMessage(message, handle) {
      const { type, port } = message as { type?: unknown; port?: unknown };
      if (type === "ready") isReady();
      if (type === "door" && typeof port === "number" && handle instanceof Server) doors.take(port, handle);
    },
  });
  if (!spawned.ok) throw spawned.error;
  const wrapper = spawned.process;
  try {
    wrapper.channel?.send({ files: request.files, ports: doors.ports });
    if (!(await hasEntered(wrapper, ready, deps.clock))) {
      throw new Error(wrapper.stderrTail().trim() || "the sandbox did not come up in time");
    }
    const line = findSandboxLine(wrapper.pid, deps.table);
    if (line === null) throw new Error("the sandbox's processes cannot be seen from outside");
    const limit = createProcessLimit(deps.ids.uuid4(), request.maxProcesses, deps.clock);
    undo.add(() => limit?.release());
    limit?.admit([line.init.pid, line.program.pid]);
    wrapper.channel?.send({ type: "go" });
    return presentAsOne(wrapper, line, deps);
  } catch (cause) {
    wrapper.kill("SIGKILL");
    await wrapper.drained;
    throw new SpawnError("failed", options.command, cause);
  }
}

async function hasEntered(wrapper: ManagedProcess, ready: Promise<"ready">, clock: Clock): Promise<boolean> {
  const patience = new AbortController();
  const timeout = clock.sleep(ENTER_TIMEOUT_MS, patience.signal).catch(() => undefined);
  const first = await Promise.race([ready, wrapper.exited, timeout]);
  patience.abort();
  return first === "ready";
}
