import { type ReactNode, useEffect } from "react";
import { useAnnouncer } from "./announcer.tsx";

/** What a page is made of: its name, what can be done with all of it, and its parts. */
export const Page = ({
  title,
  description,
  actions,
  children,
}: {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) => {
  usePageTitle(title);
  return (
    <div className="mx-auto w-full max-w-5xl px-4 py-5 sm:px-6 sm:py-8">
      <header className="mb-5 flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <h1 tabIndex={-1} data-goes-on className="text-xl font-semibold tracking-tight">
            {title}
          </h1>
          {description !== undefined && <p className="mt-1 max-w-2xl text-sm text-soft">{description}</p>}
        </div>
        {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
      </header>
      <div className="grid grid-cols-1 gap-4">{children}</div>
    </div>
  );
};

export const usePageTitle = (title: string): void => {
  const announcer = useAnnouncer();
  useEffect(() => {
    document.title = `${title} · Steward`;
    announcer.arrive(title);
  }, [title, announcer]);
};
