import type { ComponentProps } from "react";
import { classes } from "./classes.ts";

/** One of a few. The device's own list: it is at home with every keyboard, reader and phone. */
export const OptionSelect = <Value extends string>({
  value,
  options,
  choose,
  className,
  ...props
}: Omit<ComponentProps<"select">, "value" | "onChange"> & {
  value: Value;
  options: readonly { value: Value; text: string }[];
  choose: (value: Value) => void;
}) => (
  <select
    {...props}
    value={value}
    onChange={(event) => {
      const chosen = options.find((option) => option.value === event.target.value);
      if (chosen) choose(chosen.value);
    }}
    className={classes(
      "h-9 min-w-0 max-w-full cursor-pointer rounded-lg border border-strong-line bg-surface px-2 text-sm text-ink disabled:cursor-default disabled:opacity-60",
      className,
    )}
  >
    {options.map((option) => (
      <option key={option.value} value={option.value}>
        {option.text}
      </option>
    ))}
  </select>
);
