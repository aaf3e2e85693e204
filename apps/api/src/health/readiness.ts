import { statfsSync } from "node:fs";
import type { Readiness } from "@steward/contract/health";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";

/** Below this nothing should be started that writes. */
export const DISK_FLOOR_BYTES = 200 * 1_048_576;
/** A probe writes durably; watchdogs may ask as often as they like. */
const PROBE_EVERY_MS = 2_000;

export type Phase = "starting" | "ready" | "stopping";

export interface ReadinessDeps {
  /** Throws what the database says when it does not take a durable write. */
  probeDatabase: () => void;
  dataDirectory: string;
  isLocked: () => boolean;
  phase: () => Phase;
  /** Whether the CLI was found, as far as that is known. */
  cli: () => { found: boolean; problem: string | null };
  /** What keeps turns from running although the service is well. */
  holds: () => readonly { kind: string }[];
  /** Why vectors cannot be compared, when they cannot. */
  vectorProblem: () => string | null;
  clock: Pick<Clock, "monotonicMs">;
  log: Logger;
  freeDiskBytes?: (path: string) => number;
}

type Component = Readiness["components"][number];

/** Says whether the service can do its work, part by part (fault matrix 5.10). */
export function createReadiness(deps: ReadinessDeps): () => Readiness {
  const freeDiskBytes = deps.freeDiskBytes ?? freeBytesAt;
  let probedAt = Number.NEGATIVE_INFINITY;
  let database: Component = { name: "database", ok: false };
  let disk: Component = { name: "disk", ok: false };

  const probe = (): void => {
    const now = deps.clock.monotonicMs();
    if (now - probedAt < PROBE_EVERY_MS) return;
    probedAt = now;
    database = attempt("database", () => {
      deps.probeDatabase();
      return null;
    });
    disk = attempt("disk", () => {
      const free = freeDiskBytes(deps.dataDirectory);
      return free < DISK_FLOOR_BYTES ? `only ${Math.floor(free / 1_048_576)} MB free` : null;
    });
  };
  const attempt = (name: string, check: () => string | null): Component => {
    try {
      const problem = check();
      return problem === null ? { name, ok: true } : { name, ok: false, detail: problem };
    } catch (error) {
      deps.log.warn({ err: error, component: name }, "readiness probe failed");
      // The path in the message of a system error is for the log, not for an endpoint without a token.
      const code = error instanceof Error && "code" in error ? String(error.code) : "failed";
      return { name, ok: false, detail: code };
    }
  };

  return () => {
    const phase = deps.phase();
    if (phase !== "stopping") probe();
    const cli = deps.cli();
    const held = deps
      .holds()
      .map(({ kind }) => kind)
      .join(", ");
    const components: Component[] = [
      database,
      disk,
      { name: "lock", ok: deps.isLocked() },
      { name: "recovery", ok: phase !== "starting" },
      { name: "cli", ok: cli.found, ...(cli.problem === null ? {} : { detail: cli.problem }) },
      // Without vectors search goes by words alone; the doctor says why.
      { name: "search", ok: true, ...(deps.vectorProblem() === null ? {} : { detail: "no vectors" }) },
      // Held turns are no failure of the service: whoever restarts it for them would only stop more.
      { name: "turns", ok: true, ...(held === "" ? {} : { detail: `held: ${held}` }) },
    ];
    const working = components.every(({ ok }) => ok);
    return { status: phase === "ready" && !working ? "failing" : phase, components };
  };
}

const freeBytesAt = (path: string): number => {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
};
