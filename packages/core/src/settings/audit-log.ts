import type { AuditPage } from "@steward/contract/audit";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { auditEntries } from "@steward/schema/tables";
import { desc, lt } from "drizzle-orm";

/** Who changed what in the service; `SettingsRepository.audit` writes it, the retention takes it away. */
export interface AuditLog {
  /** @param query.before the cursor of an earlier page */
  list(query: { before?: number | undefined; limit: number }): AuditPage;
}

export const createAuditLog = ({ db }: Pick<OpenDatabase, "db">): AuditLog => ({
  list: ({ before, limit }) => {
    const rows = db
      .select()
      .from(auditEntries)
      .where(before === undefined ? undefined : lt(auditEntries.id, before))
      .orderBy(desc(auditEntries.id))
      .limit(limit + 1)
      .all();
    const entries = rows.slice(0, limit);
    return { entries, next: rows.length > limit ? (entries.at(-1)?.id ?? null) : null };
  },
});
