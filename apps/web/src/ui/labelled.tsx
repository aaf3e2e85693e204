import type { ReactNode } from "react";
import { classes } from "./classes.ts";

/** A control with its name above it, where it has no more to say than that. */
export const Labelled = ({
  label,
  className = "gap-1.5 text-sm font-medium",
  children,
}: {
  label: string;
  className?: string;
  children: ReactNode;
}) => (
  // biome-ignore lint/a11y/noLabelWithoutControl: the control is its child
  <label className={classes("grid min-w-0", className)}>
    {label}
    {children}
  </label>
);
