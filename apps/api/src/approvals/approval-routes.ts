import { ENDPOINTS } from "@steward/contract/endpoints";
import type { ApprovalService } from "@steward/core/approvals/approval-service";
import type { Mount } from "../http/mount.ts";

export function mountApprovals(mount: Mount, { approvals }: { approvals: ApprovalService }): void {
  mount.json(ENDPOINTS.listApprovals, ({ query }) => approvals.list(query));
  mount.json(ENDPOINTS.getApproval, ({ params }) => approvals.get(params.approvalId));
  mount.json(ENDPOINTS.decideApproval, ({ params, body }) => approvals.decide(params.approvalId, body));
  mount.json(ENDPOINTS.chooseAnswer, ({ params, body }) => approvals.choose(params.approvalId, body));
}
