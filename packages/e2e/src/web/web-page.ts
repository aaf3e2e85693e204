import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { BrowserContext, Page } from "playwright-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export interface WebPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors that the page has met so far, violations of the content policy among them. */
  readonly problems: string[];
  /** Resolves when the page has its heading and nothing on it is being loaded. */
  loaded(): Promise<void>;
  /** CSS pixels that the page is wider than its window: 0 when nothing scrolls sideways. */
  overflowPx(): Promise<number>;
  /** What axe finds on what is shown now, the slightest as well, one line each. */
  accessibility(): Promise<string[]>;
}

/** `expected`: what the browser may complain of. */
export const watchPage = (page: Page, expected?: RegExp): WebPage => {
  const problems: string[] = [];
  const note = (text: string): void => {
    if (!expected?.test(text)) problems.push(text);
  };
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      note(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => note(String(error)));
  return {
    page,
    context: page.context(),
    problems,
    loaded: async () => {
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      await page.locator(".animate-pulse").first().waitFor({ state: "detached" });
    },
    overflowPx: async () => {
      const contentWidth = await page.locator("html").evaluate((element) => element.scrollWidth);
      return contentWidth - (page.viewportSize()?.width ?? 0);
    },
    accessibility: async () => {
      await page.evaluate(axeSource);
      return await page.evaluate(async () => {
        const { violations } = await (
          globalThis as unknown as { axe: { run(): Promise<{ violations: AxeViolation[] }> } }
        ).axe.run();
        return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
      });
    },
  };
};

interface AxeViolation {
  id: string;
  nodes: { html: string }[];
}
