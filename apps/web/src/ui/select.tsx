import type { ComponentProps } from "react";
import { classes } from "./classes.ts";

/**
 * One of a few. The device's own list: it is at home with every keyboard, reader and phone.
 *
 * @param options what there is to choose from; where it is in groups, option elements as children instead
 */
export const Select = <Value extends string>({
  value,
  options,
  choose,
  className,
  children,
  ...props
}: Omit<ComponentProps<"select">, "value" | "onChange"> & {
  value: Value;
  options?: readonly { value: Value; text: string }[];
  choose: (value: Value) => void;
}) => (
  <select
    {...props}
    value={value}
    // Only what stands in the list can be chosen.
    onChange={({ target }) => choose(target.value as Value)}
    className={classes(
      "h-9 min-w-0 max-w-full cursor-pointer rounded-lg border border-strong-line bg-surface px-2.5 text-sm font-normal text-ink disabled:cursor-default disabled:opacity-60",
      className,
    )}
  >
    {options?.map((option) => (
      <option key={option.value} value={option.value}>
        {option.text}
      </option>
    ))}
    {children}
  </select>
);
