import { ENDPOINTS } from "@steward/contract/endpoints";
import type { SessionList } from "@steward/core/sessions/session-list";
import type { Mount } from "../http/mount.ts";

export function mountSessions(mount: Mount, { sessions }: { sessions: SessionList }): void {
  mount.json(ENDPOINTS.listSessions, () => sessions.list());
  mount.json(ENDPOINTS.reapSessions, async ({ body }) => ({ reaped: await sessions.reap(body.idleForMs) }));
}
