import { ENDPOINTS } from "@steward/contract/endpoints";
import type { InboxService } from "@steward/core/inbox/inbox-service";
import type { Mount } from "../http/mount.ts";
import type { HeadStart } from "./head-start.ts";

export function mountInbox(
  mount: Mount,
  { inbox, headStart }: { inbox: InboxService; headStart: HeadStart },
): void {
  mount.json(ENDPOINTS.postInbox, ({ body }) => inbox.accept(body.botId, body.updates, headStart.behind));
  mount.json(ENDPOINTS.settleInbox, ({ params, body }) => ({
    state: inbox.settle(params.inboxId, body.state, body.detail),
  }));
}
