import { ENDPOINTS } from "@steward/contract/endpoints";
import type { PanicService } from "@steward/core/holds/panic-service";
import type { Mount } from "../http/mount.ts";

export function mountPanic(mount: Mount, { panic }: { panic: PanicService }): void {
  mount.json(ENDPOINTS.getPanic, () => panic.status());
  mount.json(ENDPOINTS.startPanic, ({ body }) => panic.start(body ?? null));
  mount.json(ENDPOINTS.releasePanic, ({ body }) => panic.release(body ?? null));
}
