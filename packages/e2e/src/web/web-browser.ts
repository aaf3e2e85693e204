import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createWebCode } from "@steward/contract/web-sessions";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import type { Rig } from "../rig.ts";
import { type WebPage, watchPage } from "./web-page.ts";

const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const BUILT = fileURLToPath(new URL("../../../../apps/web/dist/index.html", import.meta.url));

export const LAPTOP = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };
/** What a browser complains of while the API does not answer. */
export const API_AWAY = /Failed to load resource|net::ERR/;

export interface WebPageOptions {
  /** Default `/`. */
  path?: string;
  theme?: "light" | "dark";
  language?: "en" | "zh";
  /** CSS pixels. */
  size?: { width: number; height: number };
  /** A browser that is signed in already: another tab of it. */
  context?: BrowserContext;
  /** Do not sign in. */
  stranger?: boolean;
  /** What the browser may complain of: a refusal that the test is about. */
  expected?: RegExp;
}

export interface WebBrowser {
  /** A signed-in page of the web UI. */
  open(options?: WebPageOptions): Promise<WebPage>;
  /** Closes it. Throws when any page has met an error that was not expected. */
  close(): Promise<void>;
}

/** A real browser in front of a rig's API, which serves the built UI. */
export const openWebBrowser = async (rig: Rig): Promise<WebBrowser> => {
  if (!existsSync(BUILT)) throw new Error("the web UI is not built: pnpm --filter @steward/web build");
  const browser: Browser = await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--font-render-hinting=none",
    ],
  });
  const opened: WebPage[] = [];

  const signIn = async (page: Page, path: string): Promise<void> => {
    const link = await rig.client().call(createWebCode);
    await page.goto(`${rig.url}${path}${link.path.slice(link.path.indexOf("#"))}`);
    await page.locator("#content").waitFor();
  };

  return {
    open: async ({
      path = "/",
      theme = "light",
      language = "en",
      size,
      context: given,
      stranger,
      expected,
    } = {}) => {
      const context =
        given ??
        (await browser.newContext({
          colorScheme: theme,
          locale: language === "zh" ? "zh-CN" : "en-US",
          timezoneId: "UTC",
          reducedMotion: "reduce",
          viewport: size ?? LAPTOP,
          ...(size && size.width < 600 && { hasTouch: true, isMobile: true, deviceScaleFactor: 2 }),
        }));
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      const web = watchPage(page, expected);
      if (given || stranger) await page.goto(rig.url + path);
      else await signIn(page, path);
      opened.push(web);
      return web;
    },
    close: async () => {
      await browser.close();
      const problems = opened.flatMap((web) => web.problems);
      if (problems.length > 0) throw new Error(`the browser has met errors:\n${problems.join("\n")}`);
    },
  };
};
