import { Button as BaseButton } from "@base-ui/react/button";
import type { ComponentProps } from "react";
import { classes } from "./classes.ts";

const LOOKS = {
  primary: "bg-accent text-on-accent hover:brightness-110",
  plain: "border border-line bg-surface text-ink hover:bg-hover",
  quiet: "text-soft hover:bg-hover hover:text-ink",
  danger: "bg-bad text-on-bad hover:brightness-110",
} as const;

const SIZES = {
  medium: "min-h-9 px-3.5 text-sm",
  small: "min-h-8 px-2.5 text-[13px]",
  icon: "size-9 justify-center",
} as const;

export type ButtonProps = ComponentProps<typeof BaseButton> & {
  look?: keyof typeof LOOKS;
  size?: keyof typeof SIZES;
};

export const Button = ({ look = "plain", size = "medium", className, ...props }: ButtonProps) => (
  <BaseButton
    {...props}
    className={classes(
      "inline-flex shrink-0 cursor-pointer items-center justify-center gap-2 rounded-lg font-medium whitespace-nowrap select-none transition-[background-color,color,filter] duration-100 data-disabled:cursor-default data-disabled:opacity-50",
      LOOKS[look],
      SIZES[size],
      typeof className === "string" && className,
    )}
  />
);

/** A button that shows only a picture says what it does to those who do not see it. */
export const IconButton = ({ label, ...props }: ButtonProps & { label: string }) => (
  <Button size="icon" look="quiet" {...props} aria-label={label} title={label} />
);
