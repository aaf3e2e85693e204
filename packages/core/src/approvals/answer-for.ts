import type { ToolPermissionDecision } from "@steward/claude/cli-driver";
import type { ApprovalDecision } from "@steward/contract/approvals";
import { DomainError } from "@steward/contract/errors";
import type { ApprovalRecord } from "./approval-repository.ts";
import { inputHash } from "./input-hash.ts";
import { readQuestions, toolAnswers } from "./questions.ts";
import { deniedByPerson } from "./words-for-the-agent.ts";

/** A person's answer, from whichever front end. */
export interface ApprovalAnswer {
  decision: ApprovalDecision;
  /** Of what was shown. */
  inputHash: string;
  message?: string | undefined;
  /** By the question's text as it was shown. */
  answers?: Readonly<Record<string, readonly string[]>> | undefined;
  /** The person that a front end speaks for; undefined: whoever holds the token. */
  userId?: string | undefined;
  /** What the audit calls the holder of the token, where more is known of them. */
  holder?: string | undefined;
}

/**
 * What the CLI is told. Throws validation_failed when the answer does not fit the question, conflict when the input is
 * not the one that was shown.
 */
export const answerFor = (record: ApprovalRecord, answer: ApprovalAnswer): ToolPermissionDecision => {
  const message = answer.message === undefined || answer.message === "" ? null : answer.message;
  if (answer.decision === "deny") {
    return { behavior: "deny", message: deniedByPerson(record.kind, message) };
  }
  const input = JSON.parse(record.input) as Record<string, unknown>;
  if (answer.inputHash !== record.inputHash || inputHash(record.toolName, input) !== record.inputHash) {
    throw new DomainError("conflict", "This is not the call that was shown. Look at it again, then answer");
  }
  if (record.kind === "question") {
    if (answer.decision === "session") {
      throw new DomainError("validation_failed", "A question is answered, not allowed for a session");
    }
    const answers = toolAnswers(readQuestions(input) ?? [], answer.answers ?? {});
    return { behavior: "allow", updatedInput: { ...input, answers } };
  }
  if (answer.decision === "once") return { behavior: "allow", updatedInput: input };
  if (record.suggestion === null) {
    throw new DomainError(
      "validation_failed",
      "There is no rule for calls like this one; it can be allowed once",
    );
  }
  return { behavior: "allow", updatedInput: input, remember: JSON.parse(record.suggestion) as unknown };
};
