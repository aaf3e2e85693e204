import { ENDPOINTS } from "@steward/contract/endpoints";
import type { InboxService } from "@steward/core/inbox/inbox-service";
import type { Mount } from "../http/mount.ts";

export function mountInbox(mount: Mount, { inbox }: { inbox: InboxService }): void {
  mount.json(ENDPOINTS.postInbox, ({ body }) =>
    // The answer is written within this turn of the event loop, and no request that follows from it comes before the next.
    inbox.accept(body.botId, body.updates, setImmediate),
  );
  mount.json(ENDPOINTS.settleInbox, ({ params, body }) => ({
    state: inbox.settle(params.inboxId, body.state, body.detail),
  }));
}
