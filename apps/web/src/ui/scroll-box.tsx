import type { ReactNode } from "react";

/** What is too large for its place and scrolls there: by keyboard, too, and with a name for those who do not see it. */
export const ScrollBox = ({
  label,
  className,
  children,
}: {
  label: string;
  className?: string;
  children: ReactNode;
}) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: not every browser lets the keyboard into what scrolls by itself
  <section tabIndex={0} aria-label={label} className={className}>
    {children}
  </section>
);
