import { ENDPOINTS } from "@steward/contract/endpoints";
import type { AuditLog } from "@steward/core/settings/audit-log";
import type { Mount } from "../http/mount.ts";

export function mountAudit(mount: Mount, { auditLog }: { auditLog: AuditLog }): void {
  mount.json(ENDPOINTS.listAudit, ({ query }) => auditLog.list(query));
}
