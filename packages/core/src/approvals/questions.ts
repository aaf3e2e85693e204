import type { ApprovalQuestion } from "@steward/contract/approvals";
import { DomainError } from "@steward/contract/errors";
import { escapeHidden } from "@steward/contract/visible-text";
import { z } from "zod";

const inputSchema = z.looseObject({
  questions: z
    .array(
      z.looseObject({
        question: z.string().min(1),
        header: z.string().default(""),
        multiSelect: z.boolean().default(false),
        options: z.array(z.looseObject({ label: z.string(), description: z.string().default("") })),
      }),
    )
    .min(1),
});
type AskedQuestion = z.infer<typeof inputSchema>["questions"][number];

/** The questions in the input of AskUserQuestion; null when it has none that can be shown. */
export const readQuestions = (input: unknown): AskedQuestion[] | null => {
  const parsed = inputSchema.safeParse(input);
  return parsed.success ? parsed.data.questions : null;
};

export const showQuestions = (questions: readonly AskedQuestion[]): ApprovalQuestion[] =>
  questions.map(({ question, header, multiSelect, options }) => ({
    question: escapeHidden(question),
    header: escapeHidden(header),
    multiSelect,
    options: options.map(({ label, description }) => ({
      label: escapeHidden(label),
      description: escapeHidden(description),
    })),
  }));

/**
 * A person's answers as the tool takes them: by the question's own text, several joined by a comma. Answers name
 * questions and labels as they were shown; other words are the person's own.
 * Throws validation_failed when a question has no answer, or an answer no question.
 */
export const toolAnswers = (
  questions: readonly AskedQuestion[],
  answers: Readonly<Record<string, readonly string[]>>,
): Record<string, string> => {
  const shown = questions.map(({ question }) => escapeHidden(question));
  const stray = Object.keys(answers).find((key) => !shown.includes(key));
  if (stray !== undefined) throw new DomainError("validation_failed", `No such question was asked: ${stray}`);
  return Object.fromEntries(
    questions.map((asked, index) => {
      const chosen = answers[shown[index] ?? ""] ?? [];
      if (chosen.length === 0) throw new DomainError("validation_failed", `Not answered: ${shown[index]}`);
      if (chosen.length > 1 && !asked.multiSelect) {
        throw new DomainError("validation_failed", `Only one answer is possible: ${shown[index]}`);
      }
      const labels = chosen.map(
        (each) => asked.options.find(({ label }) => escapeHidden(label) === each)?.label ?? each,
      );
      return [asked.question, labels.join(", ")];
    }),
  );
};
