import type { Approval, ShownApproval } from "@steward/contract/approvals";

const ID = "018f0000-0000-7000-8000-0000000000a1";

export const shownApproval = (more: Partial<ShownApproval> = {}): ShownApproval => ({
  approvalId: ID,
  kind: "tool",
  toolUseId: "t1",
  toolName: "Bash",
  summary: "mkdir made",
  text: "mkdir made",
  isCut: false,
  diff: null,
  reason: null,
  rule: "Bash(mkdir made *)",
  questions: null,
  inputHash: "h1",
  expiresAt: 0,
  ...more,
});

export const approval = ({
  approvalId,
  ...more
}: Partial<Approval> & { approvalId?: string } = {}): Approval => {
  const { approvalId: id, ...shown } = shownApproval(approvalId === undefined ? {} : { approvalId });
  return {
    ...shown,
    id,
    botId: "web",
    chatId: "1",
    threadId: "",
    turnId: "018f0000-0000-7000-8000-000000000001",
    userId: null,
    state: "pending",
    createdAt: 0,
    decidedAt: null,
    decidedBy: null,
    decision: null,
    message: null,
    draft: null,
    expiresAt: Date.now() + 9.5 * 60_000,
    ...more,
  };
};

export const QUESTIONS = [
  {
    question: "Which colour?",
    header: "Colour",
    multiSelect: false,
    options: [
      { label: "Red", description: "warm" },
      { label: "Blue", description: "" },
    ],
  },
  {
    question: "Which fruits?",
    header: "Fruits",
    multiSelect: true,
    options: [
      { label: "Apple", description: "" },
      { label: "Pear", description: "" },
    ],
  },
];
