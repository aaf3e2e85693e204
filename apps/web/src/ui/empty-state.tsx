import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

/** Nothing is there (yet): what would be, and what to do for it. */
export const EmptyState = ({
  icon: Icon,
  title,
  children,
}: {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
}) => (
  <div className="flex flex-col items-center gap-2 px-4 py-10 text-center">
    <Icon className="size-7 text-faint" strokeWidth={1.5} aria-hidden />
    <p className="text-sm font-medium">{title}</p>
    {children !== undefined && <div className="max-w-md text-sm text-soft">{children}</div>}
  </div>
);
