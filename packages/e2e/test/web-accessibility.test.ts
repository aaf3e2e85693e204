import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LivedIn, startLivedIn } from "../screenshots/lived-in.ts";
import { openWebBrowser, type WebBrowser } from "../src/web/web-browser.ts";

describe("what axe finds on every page, with something on it", () => {
  let lived: LivedIn;
  let browser: WebBrowser;
  beforeAll(async () => {
    lived = await startLivedIn();
    browser = await openWebBrowser(lived.telegram.rig);
  });
  afterAll(async () => {
    await browser.close();
    await lived.telegram.close();
  });

  const SECTIONS = ["behaviour", "permissions", "limits", "retention", "system", "browsers", "audit"];

  test.each([
    { theme: "light", size: { width: 1280, height: 800 } },
    { theme: "dark", size: { width: 360, height: 740 } },
  ] as const)("nothing serious: %o", async (look) => {
    const { page, context, accessibility } = await browser.open(look);
    const found: string[] = [];
    const visit = async (path: string): Promise<void> => {
      await page.goto(lived.telegram.rig.url + path);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      await page.locator(".animate-pulse").first().waitFor({ state: "detached" });
      found.push(...(await accessibility()).map((each) => `${path} ${each}`));
    };
    const chat = `/chats/${lived.botId}/${lived.sessionId}`;
    for (const path of ["/", "/chats", chat, "/approvals", "/search?q=snapshots", "/memories", "/usage"]) {
      await visit(path);
    }
    await visit("/settings");
    for (const section of SECTIONS) await visit(`/settings/${section}`);
    expect(found).toEqual([]);
    await context.close();
  });
});
