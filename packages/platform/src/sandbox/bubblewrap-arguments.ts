import { existsSync, lstatSync, realpathSync } from "node:fs";
import type { SandboxRequest } from "./sandbox-request.ts";
import type { Mount } from "./system-view.ts";

export interface Bubblewrap {
  path: string;
  version: string;
}

const SCRATCH_BYTES = 2 * 1_024 ** 3;

/** Whether this bubblewrap is `wanted` (`0.8.0`) or newer. */
export function isAtLeast(version: string, wanted: string): boolean {
  const own = version.split(".").map(Number);
  for (const [index, needed] of wanted.split(".").map(Number).entries()) {
    const part = own[index] ?? 0;
    if (part !== needed) return part > needed;
  }
  return true;
}

/**
 * bubblewrap's command line, up to the program: its own user, process, network, message and host name spaces, no
 * privileges, an own file tree, and death with whoever started it. Nothing secret stands in it.
 */
export function buildBubblewrapArguments(
  request: SandboxRequest,
  system: readonly Mount[],
  bubblewrap: Bubblewrap,
): string[] {
  const size = isAtLeast(bubblewrap.version, "0.7.0") ? ["--size", String(SCRATCH_BYTES)] : [];
  const toArguments = (mount: Mount): string[] => {
    switch (mount.kind) {
      case "shown":
        return ["--ro-bind-try", mount.path, mount.path];
      case "writable":
        return ["--bind-try", mount.path, mount.path];
      case "nothing":
        return ["--ro-bind", "/dev/null", mount.path];
      case "link":
        return ["--symlink", mount.target, mount.path];
      case "empty":
        return ["--perms", mount.mode ?? "0755", ...size, "--tmpfs", mount.path];
    }
  };
  const isProc = (mount: Mount): boolean => mount.path.startsWith("/proc/");
  return [
    ...["--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"],
    ...["--unshare-cgroup-try", "--hostname", "sandbox"],
    ...["--cap-drop", "ALL", "--die-with-parent"],
    ...(isAtLeast(bubblewrap.version, "0.8.0") ? ["--disable-userns"] : []),
    ...byDepth(system.filter((mount) => !isProc(mount))).flatMap(toArguments),
    ...["--proc", "/proc"],
    ...system.filter(isProc).flatMap(toArguments),
    ...["--dev", "/dev", ...toArguments({ kind: "empty", path: "/dev/shm", mode: "1777" })],
    ...["--dir", "/var/tmp"],
    ...byDepth(requested(request, system)).flatMap(toArguments),
    ...["--remount-ro", "/dev", "--remount-ro", "/"],
    ...["--chdir", request.cwd],
  ];
}

/** Of the paths to be hidden those that would be seen. A mount elsewhere would only tell that there is something. */
export function findSeen(request: SandboxRequest, system: readonly Mount[]): string[] {
  const mounts = [...system, ...shown(request)];
  return withTargets(request.masked).filter((path) => {
    if (path === request.cwd) return false;
    const around = mounts.filter((mount) => path === mount.path || path.startsWith(`${mount.path}/`));
    // What counts is the innermost.
    const kind = byDepth(around).at(-1)?.kind;
    return kind === "shown" || kind === "writable";
  });
}

/** What a link leads to is what is to be hidden: it may be seen under its own path. */
const withTargets = (paths: readonly string[]): string[] => [
  ...new Set(paths.flatMap((path) => [path, existsSync(path) ? realpathSync(path) : path])),
];

function requested(request: SandboxRequest, system: readonly Mount[]): Mount[] {
  const hidden = findSeen(request, system).flatMap((path): Mount[] => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined || stats.isSymbolicLink()) return [];
    return [stats.isDirectory() ? { kind: "empty", path, mode: "0700" } : { kind: "nothing", path }];
  });
  return [...shown(request), ...hidden];
}

function shown({ cwd, home, readOnly, writable, guarded }: SandboxRequest): Mount[] {
  return [
    { kind: "empty", path: home, mode: "0700" },
    ...readOnly.map((path): Mount => ({ kind: "shown", path })),
    ...(readOnly.includes(cwd) ? [] : [{ kind: "writable", path: cwd } as const]),
    ...writable.map((path): Mount => ({ kind: "writable", path })),
    ...guarded.map(({ path }): Mount => ({ kind: "shown", path })),
  ];
}

/** What lies deeper comes later, or what lies above would cover it; otherwise the order given. */
function byDepth(mounts: readonly Mount[]): Mount[] {
  const depth = ({ path }: Mount): number => path.split("/").filter((part) => part !== "").length;
  return mounts
    .map((mount, index) => ({ mount, index }))
    .sort((one, other) => depth(one.mount) - depth(other.mount) || one.index - other.index)
    .map(({ mount }) => mount);
}
