import type { SystemInfo } from "@steward/contract/health";
import type { Core } from "@steward/core/core";
import type { Clock } from "@steward/platform/clock";
import type { EngineHost } from "../engine/engine-host.ts";

/** Right after the start it is not known yet who answers; whoever asks then waits, but not for ever. */
const WAIT_FOR_ENGINE_MS = 2_500;

export async function describeSystem(deps: {
  version: string;
  startedAt: number;
  engine: EngineHost;
  core: Core;
  clock: Clock;
}): Promise<SystemInfo> {
  const enough = new AbortController();
  const patience = deps.clock.sleep(WAIT_FOR_ENGINE_MS, enough.signal).catch(() => undefined);
  await Promise.race([deps.engine.decided(), patience]);
  enough.abort();
  const { live, max, queued } = deps.core.load();
  return {
    version: deps.version,
    startedAt: deps.startedAt,
    ...deps.engine.status(),
    sessions: { live, max, queued },
  };
}
