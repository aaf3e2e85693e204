import type { ApprovalQuestion } from "@steward/contract/approvals";
import { useSay } from "../texts/texts.tsx";
import { Button } from "../ui/button.tsx";
import { Field, Input } from "../ui/field.tsx";
import type { Answer } from "./use-approval-draft.ts";
import type { Decide } from "./use-decide.ts";

const NOTHING: Answer = { chosen: [], words: "" };
const given = ({ chosen, words }: Answer): string[] => [...chosen, ...(words.trim() ? [words.trim()] : [])];

/** What the agent wants to know: its options, or words of one's own. */
export const QuestionForm = ({
  questions,
  answers,
  change,
  isPending,
  decide,
}: {
  questions: readonly ApprovalQuestion[];
  /** In the order of the questions; what is missing is not answered yet. */
  answers: readonly Answer[];
  change: (answers: readonly Answer[]) => void;
  isPending: boolean;
  decide: Decide;
}) => {
  const say = useSay();
  const all = questions.map((_, index) => answers[index] ?? NOTHING);
  const isWhole = all.every((answer) => given(answer).length > 0);
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (isPending) return;
        const entries = questions.map(({ question }, index) => [question, given(all[index] ?? NOTHING)]);
        decide({ decision: "once", answers: Object.fromEntries(entries) });
      }}
    >
      {questions.map((question, index) => (
        <Question
          key={question.question}
          question={question}
          answer={all[index] ?? NOTHING}
          change={(answer) => change(all.with(index, answer))}
        />
      ))}
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          look="primary"
          disabled={isPending || !isWhole}
          focusableWhenDisabled={isPending}
        >
          {say("approval.answer")}
        </Button>
        <Button disabled={isPending} focusableWhenDisabled onClick={() => decide({ decision: "deny" })}>
          {say("approval.no_answer")}
        </Button>
      </div>
    </form>
  );
};

const Question = ({
  question: { question, header, multiSelect, options },
  answer,
  change,
}: {
  question: ApprovalQuestion;
  answer: Answer;
  change: (answer: Answer) => void;
}) => {
  const say = useSay();
  const choose = (label: string): void => {
    const others = answer.chosen.filter((each) => each !== label);
    if (!multiSelect) change({ chosen: [label], words: "" });
    else change({ ...answer, chosen: others.length < answer.chosen.length ? others : [...others, label] });
  };
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 text-sm font-medium wrap-anywhere">
        {header && <span className="mr-2 text-soft">{header}</span>}
        {question}
      </legend>
      {options.map(({ label, description }) => (
        <label
          key={label}
          className="flex min-h-10 cursor-pointer items-start gap-3 rounded-lg border border-line px-3 py-2 text-sm hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft"
        >
          <input
            type={multiSelect ? "checkbox" : "radio"}
            name={question}
            checked={answer.chosen.includes(label)}
            onChange={() => choose(label)}
            className="mt-1 accent-accent"
          />
          <span className="min-w-0">
            <span className="font-medium">{label}</span>
            {description && <span className="block text-soft">{description}</span>}
          </span>
        </label>
      ))}
      <Field label={say("approval.own_words")}>
        <Input
          value={answer.words}
          onChange={({ target }) => change({ chosen: multiSelect ? answer.chosen : [], words: target.value })}
        />
      </Field>
    </fieldset>
  );
};
