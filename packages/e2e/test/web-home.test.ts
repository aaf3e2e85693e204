import { submitTurn } from "@steward/contract/turns";
import { describe, expect, test } from "vitest";
import { bundledCli } from "../src/cli-versions.ts";
import { startTelegramRig } from "../src/telegram-rig.ts";
import { useWeb } from "../src/web/use-web.ts";

describe("the home page", () => {
  const web = useWeb(() => startTelegramRig({ cli: bundledCli().path }));
  const submit = (key: string, text: string) =>
    web.rig.client().call(submitTurn, {
      headers: { "idempotency-key": key },
      body: { botId: "cli", chatId: key, text },
    });

  test("leads through the first steps, which turn green as they are done", async () => {
    const { page, accessibility } = await web.open();
    const steps = page.locator("section", { has: page.getByRole("heading", { name: "First steps" }) });
    const pairing = steps.getByRole("listitem").filter({ hasText: "Pair yourself" });
    await pairing.getByLabel("To do").waitFor();
    expect(await accessibility()).toEqual([]);
    await web.steward.pair("Ada");
    // With the last of the needed ones all of them go.
    await steps.waitFor({ state: "detached" });
  });

  test("shows what runs, with its tool, and stops it", async () => {
    const { page } = await web.open();
    await submit("busy", 'TOOL:Bash:{"command":"date -u"}\nHANG');
    const running = page.locator("section", { has: page.getByRole("heading", { name: "Running now" }) });
    const busy = running.getByRole("listitem").filter({ hasText: "busy" });
    await busy.getByText("working").waitFor();
    await busy.getByRole("button", { name: /^Stop / }).click();
    await busy.getByText("working").waitFor({ state: "detached" });
  });

  test("stops everything, says so on every page, and lets it run again", async () => {
    const { page } = await web.open();
    await submit("panic", "HANG");
    await page.getByText("working").first().waitFor();
    await page.getByRole("button", { name: "Stop everything" }).click();
    const dialog = page.getByRole("dialog", { name: "Stop everything at once?" });
    await dialog.getByRole("button", { name: "Stop everything" }).click();
    await page.getByText("Everything is stopped (panic).").waitFor();
    await submit("later", "SAY:ran after all");
    await page.getByRole("button", { name: "Let turns run again" }).click();
    await page.getByText("Everything is stopped (panic).").waitFor({ state: "detached" });
    await web.rig.model.waitForRequest(({ prompt }) => prompt.includes("ran after all"));
  });

  test("is gone through by keyboard alone", async () => {
    const { page } = await web.open();
    await page.keyboard.press("Control+k");
    const field = page.getByRole("combobox");
    await field.fill("appr");
    await field.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Approvals" }).waitFor();
    await page.keyboard.press("/");
    await page.getByRole("heading", { level: 1, name: "Search" }).waitFor();
    await page.keyboard.press("Escape");
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "Approvals" }).waitFor();
  });

  test("speaks Chinese, and is as light or dark as it is told", async () => {
    const { page } = await web.open();
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "中文" }).click();
    await page.getByRole("heading", { level: 1, name: "首页" }).waitFor();
    await page.getByRole("button", { name: "更多" }).click();
    await page.getByRole("menuitem", { name: "深色" }).click();
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "首页" }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("zh-Hans");
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
  });
});
