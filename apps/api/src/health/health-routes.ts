import { ENDPOINTS } from "@steward/contract/endpoints";
import type { Readiness, SystemInfo } from "@steward/contract/health";
import type { Clock } from "@steward/platform/clock";
import { type Mount, WithStatus } from "../http/mount.ts";

export interface HealthDeps {
  clock: Clock;
  readiness: () => Readiness;
  system: () => SystemInfo | Promise<SystemInfo>;
  liveSessions: () => number;
}

export function mountHealth(mount: Mount, deps: HealthDeps): void {
  const startedMs = deps.clock.monotonicMs();
  mount.json(ENDPOINTS.healthz, () => ({ status: "ok" as const }));
  mount.json(ENDPOINTS.readyz, () => {
    const readiness = deps.readiness();
    return new WithStatus(readiness.status === "ready" ? 200 : 503, readiness);
  });
  mount.json(ENDPOINTS.legacyHealth, () => ({
    status: "ok" as const,
    uptime_seconds: Math.round((deps.clock.monotonicMs() - startedMs) / 100) / 10,
    active_sessions: deps.liveSessions(),
  }));
  mount.json(ENDPOINTS.legacyApiHealth, () => ({ status: "ok" as const }));
  mount.json(ENDPOINTS.system, () => deps.system());
}
