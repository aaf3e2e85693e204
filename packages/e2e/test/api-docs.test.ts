import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundledCli } from "../src/cli-versions.ts";
import { type Rig, startRig } from "../src/rig.ts";

const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

describe("the API's own documentation in a browser", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ cli: bundledCli().path });
  });
  afterAll(() => rig.close());

  test("shows every endpoint under a strict content policy, with the token as password", async () => {
    const browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
    });
    try {
      const page = await browser.newPage({ httpCredentials: { username: "me", password: rig.token() } });
      const problems: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error") problems.push(message.text());
      });
      page.on("pageerror", (error) => problems.push(String(error)));
      const response = await page.goto(`${rig.url}/docs`);
      expect(response?.status()).toBe(200);
      expect(response?.headers()["content-security-policy"]).toContain("default-src 'none'");
      await page.getByText("/api/v1/inbox").first().waitFor();
      // With so many endpoints the page holds only those near the screen: one further down is scrolled to.
      const further = page.getByText("/api/gateway/send-stream").first();
      const scrollOn = async (): Promise<boolean> => {
        await page.mouse.wheel(0, 400);
        return await further.isVisible();
      };
      await expect.poll(scrollOn, { timeout: 30_000, interval: 50 }).toBe(true);
      if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/api-docs.png` });
      expect(problems).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  test("is not shown without the token", async () => {
    for (const path of ["/docs", "/openapi.json"]) {
      expect((await fetch(rig.url + path)).status).toBe(401);
    }
  });
});
