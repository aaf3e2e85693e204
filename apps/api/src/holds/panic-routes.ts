import { ENDPOINTS } from "@steward/contract/endpoints";
import type { PanicService } from "@steward/core/holds/panic-service";
import { holderOf } from "../http/holder-of.ts";
import type { Mount } from "../http/mount.ts";

export function mountPanic(mount: Mount, { panic }: { panic: PanicService }): void {
  mount.json(ENDPOINTS.getPanic, () => panic.status());
  mount.json(ENDPOINTS.startPanic, ({ body }, c) => panic.start(body ?? null, holderOf(c)));
  mount.json(ENDPOINTS.releasePanic, ({ body }, c) => panic.release(body ?? null, holderOf(c)));
}
