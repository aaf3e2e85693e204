import type { ApprovalQuestion } from "@steward/contract/approvals";
import { DomainError } from "@steward/contract/errors";
import { escapeHidden } from "@steward/contract/visible-text";
import { z } from "zod";
import { shorten } from "./render-call.ts";

/** More than the tool itself allows; beyond that it is shown like any other call. */
const MOST_QUESTIONS = 8;
const MOST_OPTIONS = 40;
/** What is shown of each; what is longer is cut in its middle. Answers name questions and labels as they were shown. */
const QUESTION_CHARACTERS = 1_500;
const HEADER_CHARACTERS = 100;
const LABEL_CHARACTERS = 300;
const DESCRIPTION_CHARACTERS = 300;

const inputSchema = z.looseObject({
  questions: z
    .array(
      z.looseObject({
        question: z.string().min(1),
        header: z.string().default(""),
        multiSelect: z.boolean().default(false),
        options: z
          .array(z.looseObject({ label: z.string(), description: z.string().default("") }))
          .max(MOST_OPTIONS),
      }),
    )
    .min(1)
    .max(MOST_QUESTIONS),
});
type AskedQuestion = z.infer<typeof inputSchema>["questions"][number];

/** The questions in the input of AskUserQuestion; null when it has none that can be shown. */
export const readQuestions = (input: unknown): AskedQuestion[] | null => {
  const parsed = inputSchema.safeParse(input);
  return parsed.success ? parsed.data.questions : null;
};

/** The questions bounded and safe to show, no two of the same name; and whether anything of them is left out. */
export const showQuestions = (
  questions: readonly AskedQuestion[],
): { questions: ApprovalQuestion[]; isCut: boolean } => {
  let isCut = false;
  const show = (text: string, longest: number): string => {
    const shown = shorten(escapeHidden(text), longest);
    isCut ||= shown.isCut;
    return shown.text;
  };
  const shown = questions.map(({ question, header, multiSelect, options }) => ({
    question: show(question, QUESTION_CHARACTERS),
    header: show(header, HEADER_CHARACTERS),
    multiSelect,
    options: options.map(({ label, description }) => ({
      label: show(label, LABEL_CHARACTERS),
      description: show(description, DESCRIPTION_CHARACTERS),
    })),
  }));
  return { questions: withNames(shown), isCut };
};

/** Cut in their middles, two may read the same. */
const withNames = (questions: readonly ApprovalQuestion[]): ApprovalQuestion[] =>
  questions.map((each, index) => {
    const before = questions.slice(0, index).filter(({ question }) => question === each.question).length;
    return before === 0 ? each : { ...each, question: `${each.question} (${before + 1})` };
  });

/**
 * A person's answers as the tool takes them: by the question's own text, several joined by a comma. Answers name
 * questions and labels as they were shown; other words are the person's own.
 * Throws validation_failed when a question has no answer, or an answer no question.
 */
export const toolAnswers = (
  questions: readonly AskedQuestion[],
  answers: Readonly<Record<string, readonly string[]>>,
): Record<string, string> => {
  const shown = showQuestions(questions).questions;
  const names = shown.map(({ question }) => question);
  const stray = Object.keys(answers).find((key) => !names.includes(key));
  if (stray !== undefined) throw new DomainError("validation_failed", `No such question was asked: ${stray}`);
  return Object.fromEntries(
    questions.map((asked, index) => {
      const name = names[index] ?? "";
      const chosen = answers[name] ?? [];
      if (chosen.length === 0) throw new DomainError("validation_failed", `Not answered: ${name}`);
      if (chosen.length > 1 && !asked.multiSelect) {
        throw new DomainError("validation_failed", `Only one answer is possible: ${name}`);
      }
      const labels = chosen.map(
        (each) =>
          asked.options[shown[index]?.options.findIndex(({ label }) => label === each) ?? -1]?.label ?? each,
      );
      return [asked.question, labels.join(", ")];
    }),
  );
};
