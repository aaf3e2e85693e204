import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { SpawnError, type SpawnOptions } from "@steward/platform/process";
import type { Sandbox, SandboxRequest } from "@steward/platform/sandbox";
import type { CliLaunch } from "../cli-driver.ts";
import { showClaudeHome } from "./claude-home.ts";
import type { CliConfinement } from "./cli-confinement.ts";
import { routeToModel } from "./model-routes.ts";
import { contains, findProgramPaths } from "./program-paths.ts";
import { openToolDoor, TOOL_SERVER_FILE, toolServerArgument } from "./tool-server-file.ts";
import { guardWorkspace } from "./workspace-guards.ts";

export interface SandboxedCliOptions {
  sandbox: Sandbox;
  dataDirectory: string;
  /** Where each directory is one chat's own. Nowhere else in the data directory may anybody work. */
  workplaces: readonly string[];
  /** More of what must stay unseen, wherever it lies. */
  secrets: readonly string[];
  /** Steward's own program: what could be changed in it would run outside. */
  programDirectory: string;
  /** What the owner wants shown besides. */
  readable: readonly string[];
}

/** Enough for a parallel build or a browser, too few for a fork bomb to hurt. */
const MAX_PROCESSES = 1_024;
const CERTIFICATES = ["SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"] as const;

/** Starts each CLI in a sandbox cut for its one conversation. */
export function createSandboxedCli(options: SandboxedCliOptions): CliConfinement {
  return {
    async spawn(spawnOptions, launch) {
      try {
        const { request, env } = describeCli(spawnOptions, launch, options);
        // By its real path: a link on PATH may lead through places that are not shown.
        const command = realPath(spawnOptions.command);
        const args = [
          ...(spawnOptions.args ?? []),
          ...(launch.toolServer ? [toolServerArgument(TOOL_SERVER_FILE)] : []),
        ];
        return await options.sandbox.spawn({ ...spawnOptions, command, args, env }, request);
      } catch (cause) {
        return { ok: false, error: new SpawnError("failed", spawnOptions.command, cause) };
      }
    },
  };
}

/** @throws Error when the directory must not be worked in */
function describeCli(
  spawnOptions: SpawnOptions,
  launch: CliLaunch,
  options: SandboxedCliOptions,
): { request: SandboxRequest; env: Record<string, string> } {
  const { env } = spawnOptions;
  const cwd = realPath(launch.cwd);
  const home = env.HOME ?? "/";
  assertWorkable(cwd, home, options);
  const isOwn = options.workplaces.some((place) => contains(realPath(place), cwd));
  const routes = routeToModel(env, launch.allowedHosts ?? []);
  const tools = openToolDoor(
    launch.toolServer,
    routes.forwards.map(({ port }) => port),
  );
  const claude = showClaudeHome({ home, cwd, cliSessionId: launch.cliSessionId, isShared: !isOwn });
  const guards = guardWorkspace(cwd);
  const closed = [home, cwd, options.dataDirectory, ...options.workplaces, ...options.secrets];
  const isInside = (path: string): boolean => path !== cwd && contains(cwd, path);
  return {
    request: {
      cwd,
      home,
      writable: [...claude.writable, ...guards.writable, ...(launch.additionalDirectories ?? [])],
      readOnly: [
        ...findProgramPaths({
          binary: launch.binary.path,
          path: env.PATH,
          node: process.execPath,
          closed,
        }).filter((path) => !isInside(path)),
        ...CERTIFICATES.flatMap((name) => env[name] ?? []),
        ...options.readable,
        ...claude.readOnly,
      ],
      masked: [
        ...claude.masked,
        ...[options.dataDirectory, ...options.workplaces, ...options.secrets].filter((path) => path !== cwd),
      ],
      guarded: guards.guarded,
      files: [...claude.files, ...tools.files],
      forwards: routes.forwards,
      pathDoors: tools.pathDoors,
      proxy: routes.proxy,
      maxProcesses: MAX_PROCESSES,
    },
    env: { ...routes.env, TMPDIR: "/tmp", ...(process.getuid?.() === 0 ? { IS_SANDBOX: "1" } : {}) },
  };
}

function assertWorkable(cwd: string, home: string, options: SandboxedCliOptions): void {
  const isOwn = options.workplaces.some((place) => contains(realPath(place), cwd));
  const closed = [realPath(options.dataDirectory), join(home, ".claude"), options.programDirectory];
  if (
    cwd === home ||
    cwd === realPath(home) ||
    cwd === "/" ||
    (!isOwn && closed.some((place) => contains(place, cwd))) ||
    contains(cwd, options.programDirectory)
  ) {
    throw new Error(`${cwd} cannot be worked in from the sandbox: it would show what the sandbox hides`);
  }
}

/** What does not exist stays as it is named: the start itself says that it is missing. */
function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}
