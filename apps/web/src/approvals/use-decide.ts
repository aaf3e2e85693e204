import { type ApprovalDecision, decideApproval, type ShownApproval } from "@steward/contract/approvals";
import { useQueryClient } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { queryKey } from "../api/keys.ts";
import { useAction } from "../api/use-action.ts";
import { dropApprovalDraft } from "./use-approval-draft.ts";

export interface Decision {
  decision: ApprovalDecision;
  /** With a denial: told to the agent. */
  message?: string | undefined;
  answers?: Record<string, string[]> | undefined;
}

export type Decide = (decision: Decision) => void;

/** Answers a question of the agent's. What was shown is what is answered: its hash goes along. */
export const useDecide = ({ approvalId, inputHash }: Pick<ShownApproval, "approvalId" | "inputHash">) => {
  const queries = useQueryClient();
  return useAction(
    (decision: Decision) =>
      api.call(decideApproval, { params: { approvalId }, body: { inputHash, ...decision } }),
    () => dropApprovalDraft(approvalId),
    // Also when somebody else was faster: then the list says so.
    () => void queries.invalidateQueries({ queryKey: queryKey("approvals") }),
  );
};
