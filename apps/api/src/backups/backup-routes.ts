import { ENDPOINTS } from "@steward/contract/endpoints";
import type { Mount } from "../http/mount.ts";
import type { Backups } from "./backups.ts";

export function mountBackups(mount: Mount, { backups }: { backups: Pick<Backups, "take"> }): void {
  mount.json(ENDPOINTS.takeBackup, () => backups.take());
}
