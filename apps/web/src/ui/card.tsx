import type { ReactNode } from "react";
import { classes } from "./classes.ts";

/** A part of a page with its own heading. */
export const Card = ({
  title,
  aside,
  flush = false,
  children,
}: {
  title?: ReactNode;
  /** At the end of the heading's line. */
  aside?: ReactNode;
  /** Lists go to the edge. */
  flush?: boolean;
  children: ReactNode;
}) => (
  <section className="min-w-0 overflow-hidden rounded-xl border border-line bg-surface">
    {title !== undefined && (
      <header className="flex min-h-12 flex-wrap items-center justify-between gap-x-3 gap-y-1 border-b border-line px-4 py-2">
        <h2 className="text-sm font-semibold">{title}</h2>
        {aside}
      </header>
    )}
    <div className={classes(!flush && "p-4")}>{children}</div>
  </section>
);
