import { setPolicy } from "@steward/contract/policies";
import { submitTurn } from "@steward/contract/turns";
import { describe, expect, test } from "vitest";
import { bundledCli } from "../src/cli-versions.ts";
import { startRig } from "../src/rig.ts";
import { useWeb } from "../src/web/use-web.ts";
import { PHONE } from "../src/web/web-browser.ts";

describe("usage in the web UI, on the real CLI", () => {
  const web = useWeb(() => startRig({ cli: bundledCli().path }));

  test("is empty at first, and shows a turn as soon as it has ended: cost, tokens, model, chat, cap", async () => {
    await web.rig.client().call(setPolicy, { body: { name: "maxUsdPerDay", value: 50 } });
    const { page, accessibility } = await web.open({ path: "/usage" });
    await page.getByText("Nothing was used in this time").waitFor();
    await web.rig.client().call(submitTurn, {
      headers: { "idempotency-key": crypto.randomUUID() },
      body: { botId: "web", chatId: "c1", text: "SAY:hello" },
    });
    await page.getByRole("heading", { name: "Day by day (UTC)" }).waitFor();
    await page.locator(".recharts-bar-rectangle path").first().waitFor();
    await page.getByText("As a table").click();
    const today = page.locator("tbody tr").first();
    expect(await today.locator("td").first().textContent()).toMatch(/^\$0\.\d+/);
    expect(await today.locator("td").nth(1).textContent()).toBe("1");
    await page.getByText(/of \$50\.00 used today/).waitFor();
    expect(await accessibility()).toEqual([]);
    await page.getByLabel("Time", { exact: true }).selectOption("7");
    await page.waitForURL(/days=7/);
    await expect.poll(() => page.locator("tbody tr").count()).toBe(7);
  });

  test("a cap is edited in place", async () => {
    const { page } = await web.open({ path: "/usage" });
    await page.getByLabel("Cap per day", { exact: true }).fill("80");
    await page.keyboard.press("Enter");
    await page.getByText(/of \$80\.00 used today/).waitFor();
  });

  test("on a phone, in the dark and in Chinese nothing scrolls sideways", async () => {
    const { page, overflowPx, accessibility } = await web.open({
      path: "/usage?bot=web",
      size: PHONE,
      theme: "dark",
      language: "zh",
    });
    await page.getByRole("heading", { name: "按天（UTC）" }).waitFor();
    await page.locator(".recharts-bar-rectangle path").first().waitFor();
    expect(await accessibility()).toEqual([]);
    expect(await overflowPx()).toBe(0);
  });
});
