import { useId } from "react";
import type { SearchParams } from "../../app/router.tsx";
import { type TextKey, useSay } from "../../texts/texts.tsx";

const CHOICES: readonly [SearchParams["in"], TextKey][] = [
  [undefined, "search.in_all"],
  ["messages", "search.in_messages"],
  ["memories", "search.in_memories"],
];

/** Everything, messages or memories. */
export const InSwitch = ({
  value,
  choose,
}: {
  value: SearchParams["in"];
  choose: (value: SearchParams["in"]) => void;
}) => {
  const say = useSay();
  const name = useId();
  return (
    <fieldset className="flex rounded-lg border border-line bg-surface p-0.5">
      <legend className="sr-only">{say("search.in")}</legend>
      {CHOICES.map(([choice, text]) => (
        <label
          key={text}
          className="relative flex min-h-9 cursor-pointer items-center rounded-md px-3 text-sm text-soft hover:text-ink has-checked:bg-accent-soft has-checked:font-medium has-checked:text-accent-ink has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={name}
            checked={value === choice}
            onChange={() => choose(choice)}
            className="sr-only"
          />
          {say(text)}
        </label>
      ))}
    </fieldset>
  );
};
