import { APPROVAL_DECISIONS, type Approval, type ShownApproval } from "@steward/contract/approvals";
import { escapeHidden } from "@steward/contract/visible-text";
import { z } from "zod";
import type { ApprovalRecord } from "./approval-repository.ts";
import { readQuestions, showQuestions } from "./questions.ts";
import { renderCall, renderDiff, summarizeCall } from "./render-call.ts";
import { sessionRule, showRule } from "./session-rule.ts";

const answerSchema = z.object({
  decision: z.enum(APPROVAL_DECISIONS).nullable(),
  message: z.string().nullable(),
});

/** An approval as front ends show it. */
export const showApproval = (record: ApprovalRecord): ShownApproval => {
  const input: unknown = JSON.parse(record.input);
  const questions = record.kind === "question" ? readQuestions(input) : null;
  const suggestion = record.suggestion === null ? null : sessionRule([JSON.parse(record.suggestion)]);
  const shown = questions === null ? null : showQuestions(questions);
  const diff = record.kind === "tool" ? renderDiff(input) : null;
  const call =
    shown === null
      ? renderCall(record.toolName, input)
      : { text: shown.questions.map(({ question }) => question).join("\n"), isCut: shown.isCut };
  return {
    approvalId: record.id,
    kind: record.kind,
    toolUseId: record.toolUseId,
    toolName: escapeHidden(record.toolName),
    summary:
      questions === null
        ? summarizeCall(record.toolName, input)
        : summarizeCall("", { question: questions[0]?.question }),
    text: call.text,
    isCut: call.isCut || diff?.isCut === true,
    diff: diff?.text ?? null,
    reason: record.reason === null ? null : escapeHidden(record.reason),
    rule: suggestion === null ? null : showRule(suggestion),
    questions: shown?.questions ?? null,
    inputHash: record.inputHash,
    expiresAt: record.expiresAt,
  };
};

/** What a person has chosen of a question so far. Kept in memory: with the service, the question ends as well. */
export type AnswerDraft = NonNullable<Approval["draft"]>;

/** An approval as the API tells it. */
export const toApproval = (record: ApprovalRecord, draft: AnswerDraft | null = null): Approval => {
  const { approvalId, ...shown } = showApproval(record);
  const answer = record.answer === null ? null : answerSchema.parse(JSON.parse(record.answer));
  return {
    ...shown,
    id: approvalId,
    botId: record.botId,
    chatId: record.chatId,
    threadId: record.threadId,
    turnId: record.turnId,
    userId: record.userId,
    state: record.state,
    createdAt: record.createdAt,
    decidedAt: record.decidedAt,
    decidedBy: record.decidedBy,
    decision: answer?.decision ?? null,
    message: answer?.message ?? null,
    draft,
  };
};
