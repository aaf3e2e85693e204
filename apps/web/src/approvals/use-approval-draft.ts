import { useState } from "react";
import { z } from "zod";
import { dropKept, keep, readKept } from "../ui/kept.ts";

const answerSchema = z.object({
  chosen: z.array(z.string()).readonly(),
  /** Words of the person's own; they count beside what is chosen. */
  words: z.string(),
});
export type Answer = z.infer<typeof answerSchema>;

const draftSchema = z.object({
  /** Why not, while a denial is being written. */
  denial: z.string().nullable(),
  /** To the questions, in their order; empty before anything was chosen. */
  answers: z.array(answerSchema).readonly(),
});
type ApprovalDraft = z.infer<typeof draftSchema>;

const NOTHING: ApprovalDraft = { denial: null, answers: [] };
const nameOf = (approvalId: string): string => `approval/${approvalId}`;

/** What was begun for an answer, kept by the approval's id until it is given: its card may go from the screen and come back. */
export const useApprovalDraft = (approvalId: string) => {
  const [draft, setDraft] = useState(() => readKept(nameOf(approvalId), draftSchema) ?? NOTHING);
  return {
    draft,
    put: (next: Partial<ApprovalDraft>): void => {
      const whole = { ...draft, ...next };
      setDraft(whole);
      keep(nameOf(approvalId), whole);
    },
  };
};

export const dropApprovalDraft = (approvalId: string): void => dropKept(nameOf(approvalId));
