import { Field as BaseField } from "@base-ui/react/field";
import { Input as BaseInput } from "@base-ui/react/input";
import type { ComponentProps, ReactNode } from "react";
import { classes } from "./classes.ts";

const BOX =
  "w-full min-w-0 rounded-lg border border-strong-line bg-surface px-3 text-sm text-ink placeholder:text-faint disabled:opacity-60";

export const Input = ({ className, ...props }: ComponentProps<typeof BaseInput>) => (
  <BaseInput {...props} className={classes(BOX, "h-9", typeof className === "string" && className)} />
);

/** A labelled control with its help, and what is wrong with it. */
export const Field = ({
  label,
  help,
  problem,
  children,
}: {
  label: string;
  help?: ReactNode;
  problem?: ReactNode;
  children: ReactNode;
}) => (
  <BaseField.Root className="grid min-w-0 gap-1.5" invalid={Boolean(problem)}>
    <BaseField.Label className="text-sm font-medium">{label}</BaseField.Label>
    {children}
    {help !== undefined && (
      <BaseField.Description className="text-xs text-soft">{help}</BaseField.Description>
    )}
    {problem && (
      <p role="alert" className="text-xs text-bad">
        {problem}
      </p>
    )}
  </BaseField.Root>
);
