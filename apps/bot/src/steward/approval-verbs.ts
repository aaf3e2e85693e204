import {
  type Approval,
  chooseAnswer,
  decideApproval,
  getApproval,
  listApprovals,
} from "@steward/contract/approvals";
import type { EndpointInput } from "@steward/contract/endpoint";
import type { ChatAddress } from "@steward/contract/ids";
import type { VerbDeps } from "./verb-deps.ts";

/** What the agent has asked for, and what people say to it. */
export interface ApprovalVerbs {
  /** What waits for a word in this chat, oldest first. */
  pendingApprovals(address: ChatAddress): Promise<Approval[]>;
  /** Throws ApiError `not_found`. */
  approval(approvalId: string): Promise<Approval>;
  decideApproval(approvalId: string, answer: EndpointInput<typeof decideApproval>["body"]): Promise<Approval>;
  chooseAnswer(approvalId: string, choice: EndpointInput<typeof chooseAnswer>["body"]): Promise<Approval>;
}

export function createApprovalVerbs({ client, botId, signal, promptly }: VerbDeps): ApprovalVerbs {
  return {
    pendingApprovals: async ({ chatId, threadId }) => {
      const query = { state: "pending" as const, botId, chatId };
      const pending = await promptly(() => client.call(listApprovals, { query, signal }));
      return pending.filter((approval) => approval.threadId === threadId);
    },
    approval: (approvalId) => promptly(() => client.call(getApproval, { params: { approvalId }, signal })),
    decideApproval: (approvalId, body) =>
      promptly(() => client.call(decideApproval, { params: { approvalId }, body, signal })),
    chooseAnswer: (approvalId, body) =>
      promptly(() => client.call(chooseAnswer, { params: { approvalId }, body, signal })),
  };
}
