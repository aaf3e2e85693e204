import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Command, Ellipsis } from "lucide-react";
import { useCallback, useState } from "react";
import { usePendingApprovals } from "../api/approvals.ts";
import { useSay } from "../texts/texts.tsx";
import { AnnouncerProvider } from "../ui/announcer.tsx";
import { IconButton } from "../ui/button.tsx";
import { usePart } from "../ui/use-part.ts";
import { Banners } from "./banners.tsx";
import { Logo } from "./logo.tsx";
import { MoreButton } from "./more-button.tsx";
import { PAGES, type PageEntry } from "./pages.ts";
import { useShortcuts } from "./shortcuts.ts";

const loadPalette = () => import("./command-palette.tsx");

/** What stands around every page: where one can go, what is wrong, and the palette. */
export const Shell = () => {
  const say = useSay();
  const [palette, setPalette] = useState(false);
  const closePalette = useCallback(() => setPalette(false), []);
  const CommandPalette = usePart(loadPalette, palette, closePalette);
  useShortcuts({ palette: () => setPalette(true) });
  return (
    <AnnouncerProvider>
      <div className="md:grid md:h-dvh md:grid-cols-[13.5rem_minmax(0,1fr)]">
        <a
          href="#content"
          className="sr-only z-50 rounded-lg bg-raised p-3 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
        >
          {say("nav.skip")}
        </a>
        <Sidebar openPalette={() => setPalette(true)} />
        <main
          id="content"
          tabIndex={-1}
          className="relative min-w-0 pb-16 outline-none md:flex md:flex-col md:overflow-y-auto md:pb-0"
        >
          <Banners />
          <Outlet />
        </main>
        <PhoneBar />
        {CommandPalette && <CommandPalette close={closePalette} />}
      </div>
    </AnnouncerProvider>
  );
};

const Sidebar = ({ openPalette }: { openPalette: () => void }) => {
  const say = useSay();
  return (
    <header className="hidden border-r border-line bg-surface md:flex md:flex-col">
      <div className="flex items-center gap-2.5 px-4 pt-4 pb-3">
        <Logo size={28} />
        <span className="text-[15px] font-semibold tracking-tight">Steward</span>
      </div>
      <nav aria-label={say("nav.label")} className="grid content-start gap-0.5 px-2.5">
        {PAGES.map((page) => (
          <PageLink key={page.path} page={page} bar="side" />
        ))}
      </nav>
      <div className="mt-auto flex items-center justify-between gap-1 border-t border-line p-2.5">
        <button
          type="button"
          onClick={openPalette}
          className="flex min-h-9 grow cursor-pointer items-center gap-2 rounded-lg px-2 text-sm text-soft hover:bg-hover"
        >
          <Command className="size-4" aria-hidden />
          <span className="grow text-left">{say("shell.palette")}</span>
          <kbd className="rounded border border-line px-1.5 font-sans text-[11px] text-faint">⌘K</kbd>
        </button>
        <MoreButton trigger={<IconButton label={say("ui.more")} />} pages={[]}>
          <Ellipsis className="size-4" aria-hidden />
        </MoreButton>
      </div>
    </header>
  );
};

/** How many wait behind a page's name. */
const useCount = (path: PageEntry["path"]): number => {
  const approvals = usePendingApprovals();
  return path === "/approvals" ? (approvals.data?.length ?? 0) : 0;
};

const LINKS = {
  side: {
    link: "flex min-h-9 items-center gap-3 rounded-lg px-2.5 text-sm text-soft hover:bg-hover hover:text-ink data-[status=active]:bg-accent-soft data-[status=active]:font-medium data-[status=active]:text-accent-ink",
    icon: "size-[18px]",
    text: "grow",
    count: undefined,
  },
  phone: {
    link: "relative flex h-14 min-w-0 flex-col items-center justify-center gap-0.5 text-[11px] text-soft data-[status=active]:text-accent-ink",
    icon: "size-5",
    text: "max-w-full truncate px-1",
    count: "absolute top-1 left-1/2 ml-1",
  },
} as const;

const PageLink = ({ page, bar }: { page: PageEntry; bar: keyof typeof LINKS }) => {
  const say = useSay();
  const count = useCount(page.path);
  const look = LINKS[bar];
  return (
    <Link to={page.path} activeOptions={{ exact: page.path === "/" }} className={look.link}>
      <page.icon className={look.icon} strokeWidth={1.8} aria-hidden />
      <span className={look.text}>{say(page.text)}</span>
      {count > 0 && (
        <span className={look.count}>
          <Count count={count} />
        </span>
      )}
    </Link>
  );
};

const Count = ({ count }: { count: number }) => (
  <span className="min-w-5 rounded-full bg-accent px-1.5 text-center text-xs leading-5 font-semibold text-on-accent tabular-nums">
    {count}
  </span>
);

const PhoneBar = () => {
  const say = useSay();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const rest = PAGES.filter(({ onPhone }) => !onPhone);
  const isRest = rest.some((page) => path.startsWith(page.path));
  return (
    <nav
      aria-label={say("nav.label")}
      className="fixed inset-x-0 bottom-0 z-30 grid grid-cols-5 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {PAGES.filter(({ onPhone }) => onPhone).map((page) => (
        <PageLink key={page.path} page={page} bar="phone" />
      ))}
      <MoreButton
        trigger={
          <button type="button" className={LINKS.phone.link} data-status={isRest ? "active" : undefined} />
        }
        pages={rest}
      >
        <Ellipsis className={LINKS.phone.icon} aria-hidden />
        <span className={LINKS.phone.text}>{say("ui.more")}</span>
      </MoreButton>
    </nav>
  );
};
