import { describe, expect, test } from "vitest";
import { startLivedIn } from "../screenshots/lived-in.ts";
import { useWeb } from "../src/web/use-web.ts";
import { LAPTOP, PHONE } from "../src/web/web-browser.ts";

describe("what axe finds on every page, with something on it", () => {
  const web = useWeb(startLivedIn);

  const SECTIONS = ["behaviour", "permissions", "limits", "retention", "system", "browsers", "audit"];

  test.each([
    { theme: "light", size: LAPTOP },
    { theme: "dark", size: PHONE },
  ] as const)("nothing serious: %o", async (look) => {
    const { page, loaded, accessibility } = await web.open(look);
    const found: string[] = [];
    const visit = async (path: string): Promise<void> => {
      await page.goto(web.rig.url + path);
      await loaded();
      found.push(...(await accessibility()).map((each) => `${path} ${each}`));
    };
    const chat = `/chats/${web.steward.botId}/${web.steward.sessionId}`;
    for (const path of ["/", "/chats", chat, "/approvals", "/search?q=snapshots", "/memories", "/usage"]) {
      await visit(path);
    }
    await visit("/settings");
    for (const section of SECTIONS) await visit(`/settings/${section}`);
    expect(found).toEqual([]);
  });
});
