import { type ReactNode, useId } from "react";

/** One of a few, side by side. */
export const Segments = <Value extends string | undefined>({
  label,
  value,
  choices,
  choose,
}: {
  label: string;
  value: Value;
  choices: readonly (readonly [Value, ReactNode])[];
  choose: (value: Value) => void;
}) => {
  const name = useId();
  return (
    <fieldset className="flex max-w-full justify-self-start overflow-x-auto rounded-lg border border-line bg-surface p-0.5">
      <legend className="sr-only">{label}</legend>
      {choices.map(([choice, text]) => (
        <label
          key={choice ?? ""}
          className="relative flex min-h-9 cursor-pointer items-center rounded-md px-3 text-sm whitespace-nowrap text-soft hover:text-ink has-checked:bg-accent-soft has-checked:font-medium has-checked:text-accent-ink has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={name}
            checked={value === choice}
            onChange={() => choose(choice)}
            className="sr-only"
          />
          {text}
        </label>
      ))}
    </fieldset>
  );
};
