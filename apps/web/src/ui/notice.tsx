import { Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classes } from "./classes.ts";

/** Something to know before going on, where it is needed. */
export const Notice = ({
  tone = "warn",
  role,
  children,
}: {
  tone?: "warn" | "info";
  /** `alert` for what has just come up. */
  role?: "alert" | "status";
  children: ReactNode;
}) => {
  const Icon = tone === "warn" ? TriangleAlert : Info;
  return (
    <div
      role={role}
      className={classes(
        "flex min-w-0 gap-2.5 rounded-lg px-3 py-2.5 text-sm",
        tone === "warn" ? "bg-warn-soft text-warn" : "bg-hover text-soft",
      )}
    >
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 grow break-words">{children}</div>
    </div>
  );
};
