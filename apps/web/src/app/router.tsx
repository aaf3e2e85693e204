import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { NotFound, PageCrashed } from "./dead-ends.tsx";
import { Shell } from "./shell.tsx";

/** What is searched for stands in the address: it can be sent on, and "back" finds it again. */
export interface SearchParams {
  q?: string | undefined;
  in?: "messages" | "memories" | undefined;
  bot?: string | undefined;
  /** With `bot`: a chat of it, its topics included. */
  chat?: string | undefined;
  role?: "user" | "assistant" | undefined;
  source?: string | undefined;
  /** Days, as 2026-11-22. */
  from?: string | undefined;
  to?: string | undefined;
}

/** What of the memories is shown, and which one is open. */
export interface MemoryParams {
  id?: number | undefined;
  view?: "proposed" | "changes" | undefined;
  q?: string | undefined;
  /** Whose: `*` everybody's, a bot's (`bot`) or one chat's (`bot/chat`). */
  scope?: string | undefined;
  category?: string | undefined;
  pinned?: true | undefined;
  /** Also those whose time is over. */
  expired?: true | undefined;
}

export interface SettingsParams {
  bot?: string | undefined;
  chat?: string | undefined;
  thread?: string | undefined;
}

export interface UsageParams extends SettingsParams {
  /** How many, today being the last; 30 when it is not said. */
  days?: number | undefined;
}

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: PageCrashed });
/** A number that somebody has written into the address is meant as it stands there. */
const text = (value: unknown): string | undefined =>
  (typeof value === "string" && value !== "") || typeof value === "number" ? String(value) : undefined;
const positive = (value: unknown): number | undefined => {
  const number = Number(value);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
};

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("../pages/home/home-page.tsx"), "HomePage"),
});
const chats = createRoute({
  getParentRoute: () => root,
  path: "/chats",
  component: lazyRouteComponent(() => import("../pages/chats/chats-page.tsx"), "ChatsPage"),
});
const approvals = createRoute({
  getParentRoute: () => root,
  path: "/approvals",
  component: lazyRouteComponent(() => import("../pages/approvals/approvals-page.tsx"), "ApprovalsPage"),
});
const usage = createRoute({
  getParentRoute: () => root,
  path: "/usage",
  validateSearch: (given): UsageParams => ({
    days: [7, 90].find((days) => days === Number(given.days)),
    bot: text(given.bot),
    chat: text(given.chat),
    thread: text(given.thread),
  }),
  component: lazyRouteComponent(() => import("../pages/usage/usage-page.tsx"), "UsagePage"),
});
const chat = createRoute({
  getParentRoute: () => root,
  path: "/chats/$botId/$sessionId",
  /** `at`: the message to open it at. */
  validateSearch: (search): { at?: number } => {
    const at = Number(search.at);
    return Number.isInteger(at) && at > 0 ? { at } : {};
  },
  component: lazyRouteComponent(() => import("../pages/chats/chats-page.tsx"), "ChatsPage"),
});
const search = createRoute({
  getParentRoute: () => root,
  path: "/search",
  validateSearch: (given): SearchParams => ({
    q: text(given.q),
    in: given.in === "messages" || given.in === "memories" ? given.in : undefined,
    bot: text(given.bot),
    chat: text(given.chat),
    role: given.role === "user" || given.role === "assistant" ? given.role : undefined,
    source: text(given.source),
    from: text(given.from),
    to: text(given.to),
  }),
  component: lazyRouteComponent(() => import("../pages/search/search-page.tsx"), "SearchPage"),
});
const memories = createRoute({
  getParentRoute: () => root,
  path: "/memories",
  validateSearch: (given): MemoryParams => ({
    id: positive(given.id),
    view: given.view === "proposed" || given.view === "changes" ? given.view : undefined,
    q: text(given.q),
    scope: text(given.scope),
    category: text(given.category),
    pinned: given.pinned === true || undefined,
    expired: given.expired === true || undefined,
  }),
  component: lazyRouteComponent(() => import("../pages/memories/memories-page.tsx"), "MemoriesPage"),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyRouteComponent(() => import("../pages/settings/settings-page.tsx"), "SettingsPage"),
});

const settingsSection = createRoute({
  getParentRoute: () => root,
  path: "/settings/$section",
  /** For what it is set: everything, a bot, or one of its chats. */
  validateSearch: (given): SettingsParams => ({
    bot: text(given.bot),
    chat: text(given.chat),
    thread: text(given.thread),
  }),
  component: lazyRouteComponent(() => import("../pages/settings/settings-page.tsx"), "SettingsPage"),
});

/** Each page is a file of its own that is loaded when it is first opened. */
const routes = [home, chats, chat, approvals, search, memories, usage, settings, settingsSection];

export const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultErrorComponent: PageCrashed,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
