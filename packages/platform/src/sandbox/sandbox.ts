import { accessSync, constants, statSync } from "node:fs";
import { Server } from "node:net";
import { fileURLToPath } from "node:url";
import type { Clock } from "../clock.ts";
import type { Ids } from "../ids.ts";
import {
  type ManagedProcess,
  type ProcessSpawner,
  SpawnError,
  type SpawnOptions,
  type SpawnResult,
} from "../process/managed-process.ts";
import type { ProcessTable } from "../process/process-table.ts";
import { type Bubblewrap, buildBubblewrapArguments } from "./bubblewrap-arguments.ts";
import { createDoors } from "./doors.ts";
import { makePlaceholders } from "./placeholders.ts";
import { createProcessLimit } from "./process-limit.ts";
import type { SandboxRequest } from "./sandbox-request.ts";
import { findSandboxLine, presentAsOne } from "./sandboxed-process.ts";
import { type Mount, readSystemView } from "./system-view.ts";

export interface SandboxDeps {
  bubblewrap: Bubblewrap;
  spawner: ProcessSpawner;
  table: ProcessTable;
  clock: Clock;
  ids: Ids;
}

/** Starts programs that see, change and reach only what their request names. */
export interface Sandbox {
  /**
   * `options.env` is the program's complete environment, `options.cwd` is not read. The process that comes back is the
   * program itself: its pid as seen from here, its exit, its signals. With it goes everything it has started, however
   * it ends and whoever ends it, us included.
   */
  spawn(options: SpawnOptions, request: SandboxRequest): Promise<SpawnResult>;
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

export function createSandbox(deps: SandboxDeps): Sandbox {
  let system: readonly Mount[] | undefined;
  return {
    async spawn(options, request) {
      const missing = findMissing(options.command, request.cwd);
      if (missing !== null) return { ok: false, error: missing };
      system ??= readSystemView();
      const removePlaceholders = makePlaceholders(request.placeholders);
      const doors = createDoors(request);
      const cleanUp = (): void => {
        doors.close();
        removePlaceholders();
      };
      let isReady: () => void = () => undefined;
      const ready = new Promise<"ready">((resolve) => {
        isReady = () => resolve("ready");
      });
      const shown = { ...request, readOnly: [...request.readOnly, process.execPath, ENTER] };
      const spawned = await deps.spawner.spawn({
        ...options,
        command: deps.bubblewrap.path,
        args: [
          ...buildBubblewrapArguments(shown, system, deps.bubblewrap),
          ...["--", "/bin/sh", "-c", BOOTSTRAP, "sh"],
          ...[process.execPath, ENTER, String(request.maxProcesses)],
          ...[options.command, ...(options.args ?? [])],
        ],
        cwd: "/",
        onMessage(message, handle) {
          const { type, port } = message as { type?: unknown; port?: unknown };
          if (type === "ready") isReady();
          if (type === "door" && typeof port === "number" && handle instanceof Server)
            doors.take(port, handle);
        },
      });
      if (!spawned.ok) {
        cleanUp();
        return spawned;
      }
      const wrapper = spawned.process;
      wrapper.channel?.send({ files: request.files, ports: doors.ports });
      if (!(await hasEntered(wrapper, ready, deps.clock))) {
        wrapper.kill("SIGKILL");
        await wrapper.drained;
        cleanUp();
        const cause = new Error(wrapper.stderrTail().trim() || "the sandbox did not come up in time");
        return { ok: false, error: new SpawnError("failed", options.command, cause) };
      }
      const line = findSandboxLine(wrapper.pid, deps.table);
      if (line === null) {
        wrapper.kill("SIGKILL");
        await wrapper.drained;
        cleanUp();
        const cause = new Error("the sandbox's processes cannot be seen from outside");
        return { ok: false, error: new SpawnError("failed", options.command, cause) };
      }
      const limit = createProcessLimit(deps.ids.uuid4(), request.maxProcesses);
      limit?.admit([line.init.pid, line.program.pid]);
      wrapper.channel?.send({ type: "go" });
      const program = presentAsOne(wrapper, line, deps);
      void program.exited.then(() => {
        cleanUp();
        limit?.release();
      });
      return { ok: true, process: program };
    },
  };
}

async function hasEntered(wrapper: ManagedProcess, ready: Promise<"ready">, clock: Clock): Promise<boolean> {
  const patience = new AbortController();
  const timeout = clock.sleep(ENTER_TIMEOUT_MS, patience.signal).catch(() => undefined);
  const first = await Promise.race([ready, wrapper.exited, timeout]);
  patience.abort();
  return first === "ready";
}

/** Said here as an ordinary start would say it; from inside it would be bubblewrap's words. */
function findMissing(command: string, cwd: string): SpawnError | null {
  if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return new SpawnError("cwd_missing", command, new Error(`no directory ${cwd}`));
  }
  try {
    accessSync(command, constants.X_OK);
    return null;
  } catch (error) {
    const isAbsent = statSync(command, { throwIfNoEntry: false }) === undefined;
    return new SpawnError(isAbsent ? "not_found" : "not_executable", command, error);
  }
}
