import { ENDPOINTS } from "@steward/contract/endpoints";
import type { UsageService } from "@steward/core/usage/usage-service";
import type { Mount } from "../http/mount.ts";

export function mountUsage(mount: Mount, { usage }: { usage: UsageService }): void {
  mount.json(ENDPOINTS.getUsage, ({ query }) => usage.report(query));
}
