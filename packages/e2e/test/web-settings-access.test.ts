import { listAccess } from "@steward/contract/access";
import type { Person } from "@steward/testkit/telegram";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { bundledCli } from "../src/cli-versions.ts";
import { startTelegramRig } from "../src/telegram-rig.ts";
import { useWeb } from "../src/web/use-web.ts";
import { PHONE, type WebPageOptions } from "../src/web/web-browser.ts";

const HOSTILE = "<img src=x onerror=alert(1)>\u202ereversed";
const REFUSED = /Failed to load resource.*409/;

describe("who may use a bot, in the web UI, with Telegram before it", () => {
  const web = useWeb(() =>
    startTelegramRig({
      cli: bundledCli().path,
      // A subscription's login: with a key several may share it.
      apiEnv: { ANTHROPIC_API_KEY: "", CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-test" },
    }),
  );

  const open = (options: WebPageOptions = {}) => web.open({ path: "/settings/access", ...options });
  const people = async () =>
    (await web.rig.client().call(listAccess)).map(({ userId, role }) => ({ userId, role }));
  const knock = async (name: string): Promise<{ person: Person; code: string }> => {
    const { emulator, bot } = web.steward;
    const person = emulator.user({ first_name: name });
    person.in(bot).sendCommand("start");
    const { text } = await emulator.waitForMessage(bot, person, (each) => CODE.test(each.text));
    return { person, code: CODE.exec(text)?.[0] ?? "" };
  };
  const CODE = /\b[A-Z0-9]{8}\b/;
  const waiting = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: name });

  test("a stranger who writes /start stands there at once, is allowed with a press, and welcomed by the bot", async () => {
    const { emulator, bot } = web.steward;
    const { page, accessibility } = await open();
    await page.getByText("Nobody is waiting").waitFor();
    await page.getByText("online", { exact: true }).waitFor();
    const { person, code } = await knock("Ada");
    const line = waiting(page, code);
    await line.getByText("Ada", { exact: true }).waitFor();
    expect(await accessibility()).toEqual([]);
    const before = emulator.transcript(bot, person).messages.length;
    await line.getByRole("button", { name: "Allow Ada" }).click();
    await page.getByText("Ada is let in (Owner)").waitFor();
    await page.getByText("Nobody is waiting").waitFor();
    expect(await page.getByLabel("Role of Ada").inputValue()).toBe("owner");
    await emulator.waitFor(() => emulator.transcript(bot, person).messages.length > before, {
      timeoutMs: 20_000,
    });
  });

  test("a second person brings the warning along; their name is text, whatever stands in it", async () => {
    const { page } = await open();
    await page.getByText("Nobody is waiting").waitFor();
    const { person, code } = await knock(HOSTILE);
    await waiting(page, code).getByText("<img src=x onerror=alert(1)>⟨U+202E⟩reversed").waitFor();
    expect(await page.locator("img").count()).toBe(0);
    await waiting(page, code).getByRole("button", { name: "Allow" }).click();
    await page.getByRole("alert").getByText("A Claude subscription is for one person").waitFor();
    expect(await people()).toContainEqual({ userId: String(person.user.id), role: "user" });
  });

  test("roles are changed, taken back, and the last owner's is kept; another tab sees it", async () => {
    const { page, context } = await open({ expected: REFUSED });
    const other = await open({ context });
    const role = (where: Page) => where.getByLabel(/Role of <img/);
    await role(page).selectOption("admin");
    await page.getByText("has a new role: Admin").waitFor();
    await expect.poll(() => role(other.page).inputValue()).toBe("admin");
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("has a new role: User").waitFor();
    await expect.poll(() => role(other.page).inputValue()).toBe("user");
    await page.getByLabel("Role of Ada").selectOption("user");
    await page.getByRole("alert").getByText("A bot keeps at least one owner.").waitFor();
    expect(await page.getByLabel("Role of Ada").inputValue()).toBe("owner");
  });

  test("access is taken away after a question, by keyboard; the focus comes back", async () => {
    const { page } = await open();
    const button = page.getByRole("button", { name: /Revoke the access of <img/ });
    await button.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByText("The bot no longer answers them.").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await button.evaluate((element) => element.matches(":focus"))).toBe(true);
    expect(await people()).toHaveLength(2);
    await button.click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await button.waitFor({ state: "detached" });
    expect(await people()).toEqual([{ userId: expect.any(String), role: "owner" }]);
  });

  test("a refused person goes from the list", async () => {
    const { page } = await open();
    await page.getByText("Nobody is waiting").waitFor();
    const { code } = await knock("Mallory");
    await waiting(page, code).getByRole("button", { name: "Refuse Mallory" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Refuse" }).click();
    await page.getByText("Nobody is waiting").waitFor();
    expect(await people()).toHaveLength(1);
  });

  test("an invitation is shown once, lets its person in as what it says, and can be withdrawn", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "Invite somebody" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Role").selectOption("admin");
    await dialog.getByRole("button", { name: "Make the link" }).click();
    const link = (await dialog.locator("code").textContent()) ?? "";
    expect(link).toContain("?start=");
    await page.keyboard.press("Escape");
    await page.getByText("Lets one person in as: Admin").waitFor();
    const { emulator, bot } = web.steward;
    const guest = emulator.user({ first_name: "Grace" });
    guest.in(bot).sendText(`/start ${link.split("?start=")[1]}`);
    // Live: used, and the person is there.
    await page.getByLabel("Role of Grace").waitFor();
    expect(await page.getByLabel("Role of Grace").inputValue()).toBe("admin");
    await page.getByText("Lets one person in as").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Invite somebody" }).click();
    await dialog.getByRole("button", { name: "Make the link" }).click();
    await dialog.locator("code").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Withdraw" }).click();
    await page.getByText("None that can still be used.").waitFor();
  });

  test("a group is allowed by its number, opened to all with a warning, removed, and taken back", async () => {
    const { page, overflowPx, accessibility } = await open({ size: PHONE });
    await page.getByRole("button", { name: "Allow a group by its number" }).click();
    await page.getByLabel("Number of the group").fill("12");
    await page.keyboard.press("Enter");
    await page.getByText("A group's number begins with a minus sign, e.g.").waitFor();
    await page.getByLabel("Number of the group").fill("-1001234");
    await page.keyboard.press("Enter");
    await page.getByLabel("Who is served in -1001234").selectOption("everyone");
    await page.getByText("also people you do not know").waitFor();
    expect(await accessibility()).toEqual([]);
    expect(await overflowPx()).toBe(0);
    await page.getByRole("button", { name: "Remove -1001234" }).click();
    await page.getByLabel("Who is served in -1001234").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => page.getByLabel("Who is served in -1001234").inputValue()).toBe("everyone");
  });
});
