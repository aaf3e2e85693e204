import { Field as BaseField } from "@base-ui/react/field";
import { MEMORY_LIMITS } from "@steward/contract/memory-limits";
import { type FormEvent, type ReactNode, useState } from "react";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { Field, Input } from "../../ui/field.tsx";
import { CategoryInput } from "./category-input.tsx";
import { type MemoryWords, problemsOf } from "./memory-words.ts";

/** The fields of a memory. What is wrong is told when it is sent, then as it is mended. */
export const MemoryForm = ({
  words,
  put,
  submit,
  isPending,
  keyProblem,
  before,
  children,
}: {
  words: MemoryWords;
  put: (next: MemoryWords) => void;
  submit: () => void;
  isPending: boolean;
  /** What the API has said of the key. */
  keyProblem?: ReactNode;
  /** Further fields, above these. */
  before?: ReactNode;
  /** The buttons. */
  children: ReactNode;
}) => {
  const say = useSay();
  const { language } = useLanguage();
  const [wasSent, setSent] = useState(false);
  const problems = problemsOf(words, Date.now());
  const told = (field: keyof typeof problems): string | null => {
    const problem = problems[field];
    if (!problem || (!wasSent && problem !== "too_long")) return null;
    return say(`memory.problem_${problem}`, {
      limit: new Intl.NumberFormat(language).format(limits[field]),
    });
  };
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setSent(true);
    if (Object.keys(problems).length === 0 && !isPending) submit();
  };
  const text = (name: "key" | "category" | "lastDay") => ({
    value: words[name],
    onChange: ({ target }: { target: { value: string } }) => put({ ...words, [name]: target.value }),
  });
  return (
    <form onSubmit={send} noValidate className="grid gap-4">
      {before}
      <Field label={say("memory.key")} help={say("memory.key_help")} problem={told("key") ?? keyProblem}>
        <Input {...text("key")} dir="auto" autoComplete="off" />
      </Field>
      <Field
        label={say("memory.content")}
        help={say("memory.content_help", {
          count: new Intl.NumberFormat(language).format(words.content.length),
          limit: new Intl.NumberFormat(language).format(MEMORY_LIMITS.content),
        })}
        problem={told("content")}
      >
        <BaseField.Control
          render={<textarea rows={6} />}
          value={words.content}
          onValueChange={(content) => put({ ...words, content })}
          dir="auto"
          className="w-full min-w-0 resize-y rounded-lg border border-strong-line bg-surface px-3 py-2 text-sm text-ink [overflow-wrap:anywhere]"
        />
      </Field>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field label={say("memory.category")} problem={told("category")}>
          <CategoryInput {...text("category")} placeholder="general" />
        </Field>
        <Field label={say("memory.last_day")} help={say("memory.last_day_help")} problem={told("lastDay")}>
          <Input {...text("lastDay")} type="date" max="9999-12-31" />
        </Field>
      </div>
      <label className="flex min-h-9 cursor-pointer items-center gap-2.5 text-sm">
        <input
          type="checkbox"
          className="size-4 shrink-0 accent-accent"
          checked={words.pinned}
          onChange={({ target }) => put({ ...words, pinned: target.checked })}
        />
        {say("memory.pin_help")}
      </label>
      <div className="flex flex-wrap justify-end gap-2">{children}</div>
    </form>
  );
};

const limits = {
  key: MEMORY_LIMITS.key,
  content: MEMORY_LIMITS.content,
  category: MEMORY_LIMITS.category,
  lastDay: 0,
};
