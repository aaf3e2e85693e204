import { languageOf, translate } from "@steward/contract/messages";
import { locateDataDirectory } from "@steward/platform/data-directory";
import { newestGoodBackup } from "@steward/schema/backups";
import type { DatabaseError } from "@steward/schema/sqlite";
import type { Environment } from "../env.ts";

/** Why there is no start, and the exact command that mends it: the newest backup that can be read to its end. */
export const describeDamage = (error: DatabaseError, home: string, environment: Environment): string => {
  const language = languageOf(environment.LC_ALL || environment.LC_MESSAGES || environment.LANG);
  const folder = locateDataDirectory(home).backups;
  const backup = newestGoodBackup(folder);
  const reason = error.message;
  if (backup === null) return translate(language, "start.database_damaged_no_backup", { reason, folder });
  const moment = `${new Date(backup.takenAt).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return translate(language, "start.database_damaged", { reason, moment, name: backup.name });
};
