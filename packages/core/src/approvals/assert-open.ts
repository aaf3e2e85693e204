import { DomainError } from "@steward/contract/errors";
import type { ApprovalRecord } from "./approval-repository.ts";
import { toApproval } from "./approval-view.ts";

/** Throws what there is to say about an approval that was settled before. */
export const assertOpen = (record: ApprovalRecord): void => {
  const { decision, state, decidedBy } = toApproval(record);
  switch (state) {
    case "pending":
      return;
    case "expired":
      throw new DomainError(
        "approval_expired",
        "This has expired: nobody answered in time, or Steward was restarted",
      );
    case "withdrawn":
      throw new DomainError("approval_withdrawn", "The turn that asked has ended");
    default: {
      const by = decidedBy ?? "steward";
      const params = { decision: decision ?? state, by };
      throw new DomainError(
        "approval_decided",
        `This was answered before, by ${by}: ${state} (${params.decision})`,
        {
          params,
        },
      );
    }
  }
};
