import { Link, useParams } from "@tanstack/react-router";
import { type ComponentType, lazy, Suspense, useEffect, useRef } from "react";
import { useSay } from "../../texts/texts.tsx";
import { Page } from "../../ui/page.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { SECTIONS, type SectionId } from "./sections.ts";

/** Each part is loaded when it is first opened. */
const PARTS: Record<SectionId, ComponentType> = {
  access: lazy(() => import("./access/access-section.tsx")),
  behaviour: lazy(() => import("./behaviour-section.tsx")),
  permissions: lazy(() => import("./permissions-section.tsx")),
  limits: lazy(() => import("./limits-section.tsx")),
  retention: lazy(() => import("./retention-section.tsx")),
  system: lazy(() => import("./system/system-section.tsx")),
  browsers: lazy(() => import("./browsers-section.tsx")),
  audit: lazy(() => import("./audit/audit-section.tsx")),
};

/** What can be set, part by part; each has its own address. */
export const SettingsPage = () => {
  const say = useSay();
  const { section } = useParams({ strict: false });
  const { id, text } = SECTIONS.find((each) => each.id === section) ?? SECTIONS[0];
  const Part = PARTS[id];
  const current = useRef<HTMLAnchorElement>(null);
  // On a phone the parts stand in a row that is wider than the page.
  useEffect(() => {
    current.current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [id]);
  return (
    <Page title={say(text)} description={say(`${text}_about`)}>
      <div className="grid min-w-0 items-start gap-4 lg:grid-cols-[12.5rem_minmax(0,1fr)]">
        <nav
          aria-label={say("nav.settings")}
          className="-mx-4 flex min-w-0 gap-1 overflow-x-auto px-4 pb-1 lg:sticky lg:top-4 lg:mx-0 lg:grid lg:overflow-visible lg:px-0"
        >
          {SECTIONS.map((each) => (
            <Link
              key={each.id}
              ref={each.id === id ? current : undefined}
              to="/settings/$section"
              params={{ section: each.id }}
              // What it is set for stays chosen.
              search={(before) => ({ bot: before.bot, chat: before.chat, thread: before.thread })}
              aria-current={each.id === id ? "page" : undefined}
              className="flex min-h-9 shrink-0 items-center gap-2.5 rounded-lg px-2.5 text-sm whitespace-nowrap text-soft hover:bg-hover hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent-ink lg:whitespace-normal"
            >
              <each.icon className="size-4 shrink-0" strokeWidth={1.8} aria-hidden />
              {say(each.text)}
            </Link>
          ))}
        </nav>
        <div className="grid min-w-0 gap-4">
          <Suspense key={id} fallback={<Skeleton lines={6} />}>
            <Part />
          </Suspense>
        </div>
      </div>
    </Page>
  );
};
