import { ENDPOINTS } from "@steward/contract/endpoints";
import type { ApprovalService } from "@steward/core/approvals/approval-service";
import { holderOf } from "../http/holder-of.ts";
import type { Mount } from "../http/mount.ts";

export function mountApprovals(mount: Mount, { approvals }: { approvals: ApprovalService }): void {
  mount.json(ENDPOINTS.listApprovals, ({ query }) => approvals.list(query));
  mount.json(ENDPOINTS.getApproval, ({ params }) => approvals.get(params.approvalId));
  mount.json(ENDPOINTS.decideApproval, ({ params, body }, c) =>
    approvals.decide(params.approvalId, { ...body, holder: holderOf(c) }),
  );
  mount.json(ENDPOINTS.chooseAnswer, ({ params, body }, c) =>
    approvals.choose(params.approvalId, { ...body, holder: holderOf(c) }),
  );
}
