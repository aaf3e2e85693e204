import type { ComponentProps } from "react";
import { classes } from "./classes.ts";

/** The device's own list to choose from: it knows phones and keyboards best. */
export const Select = ({ className, ...props }: ComponentProps<"select">) => (
  <select
    {...props}
    className={classes(
      "h-9 w-full min-w-0 cursor-pointer rounded-lg border border-strong-line bg-surface px-2.5 text-sm font-normal text-ink disabled:cursor-default disabled:opacity-60",
      className,
    )}
  />
);
