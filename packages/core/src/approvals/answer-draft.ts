import type { ApprovalQuestion } from "@steward/contract/approvals";
import { DomainError } from "@steward/contract/errors";
import type { AnswerDraft } from "./approval-view.ts";

/** One press, or one reply, to one of the questions. */
export interface AnswerChoice {
  /** By its index. */
  question: number;
  choice:
    | { kind: "option"; option: number; chosen: boolean }
    | { kind: "words"; words: string }
    | { kind: "done" };
  userId?: string | undefined;
  /** As in `ApprovalAnswer`. */
  holder?: string | undefined;
}

export const EMPTY_DRAFT: AnswerDraft = { question: 0, chosen: [] };

/**
 * The draft after a choice: the very same one when that changes nothing; its `question` is past the last one when all are
 * answered. Throws conflict for a question that is not asked now, validation_failed for what it does not offer.
 */
export const withChoice = (
  draft: AnswerDraft,
  questions: readonly ApprovalQuestion[],
  { question, choice }: AnswerChoice,
): AnswerDraft => {
  const asked = questions[question];
  if (asked === undefined) throw new DomainError("validation_failed", "There is no such question");
  const chosen = draft.chosen[question] ?? [];
  if (question !== draft.question) {
    const isRepeat =
      choice.kind === "option" && chosen.includes(asked.options[choice.option]?.label ?? "") && choice.chosen;
    if (isRepeat || (choice.kind === "done" && question < draft.question)) return draft;
    throw new DomainError("conflict", "This question has been answered; another one is asked now");
  }
  const answered = (answer: string[]): AnswerDraft => ({
    question: question + 1,
    chosen: replaceAt(draft.chosen, question, answer),
  });
  switch (choice.kind) {
    case "words":
      return answered(asked.multiSelect ? [...chosen, choice.words] : [choice.words]);
    case "done":
      if (chosen.length === 0) throw new DomainError("validation_failed", "Nothing has been chosen yet");
      return answered(chosen);
    case "option": {
      const label = asked.options[choice.option]?.label;
      if (label === undefined) throw new DomainError("validation_failed", "There is no such option");
      if (!asked.multiSelect) return choice.chosen ? answered([label]) : draft;
      if (chosen.includes(label) === choice.chosen) return draft;
      const rest = chosen.filter((each) => each !== label);
      return {
        question,
        chosen: replaceAt(draft.chosen, question, choice.chosen ? [...rest, label] : rest),
      };
    }
  }
};

/** As the answer of an approval takes them. */
export const chosenAnswers = (
  draft: AnswerDraft,
  questions: readonly ApprovalQuestion[],
): Record<string, string[]> =>
  Object.fromEntries(questions.map(({ question }, index) => [question, draft.chosen[index] ?? []]));

const replaceAt = (lists: readonly string[][], at: number, list: string[]): string[][] => {
  const copy = Array.from({ length: Math.max(lists.length, at + 1) }, (_, index) => lists[index] ?? []);
  copy[at] = list;
  return copy;
};
