import { listConversations } from "@steward/contract/conversations";
import { getChatModel } from "@steward/contract/models";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import type { TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";
import { openWebBrowser, type WebBrowser } from "../src/web/web-browser.ts";

/** Two turns on the real CLI, on a machine that may be busy. */
const PATIENCE = { timeout: 20_000 };

describe("a Telegram chat in the web UI", () => {
  let telegram: TelegramRig;
  let browser: WebBrowser;
  let ada: TelegramChat;
  let address: { botId: string; chatId: string };
  beforeAll(async () => {
    telegram = await startTelegramRig({ cli: cliVersions()[0]?.path ?? null });
    browser = await openWebBrowser(telegram.rig);
    ada = await telegram.pair("Ada");
    address = { botId: String(telegram.bot.id), chatId: String(ada.person.user.id) };
    await ada.exchange("SAY:spoken in Telegram", "spoken in Telegram");
  });
  afterAll(async () => {
    await browser.close();
    await telegram.close();
  });
  const client = () => telegram.rig.client();
  const open = async () => {
    const web = await browser.open({ path: `/chats/${address.botId}/gw-${address.botId}-${address.chatId}` });
    onTestFinished(() => web.context.close());
    await log(web.page).getByRole("button", { name: "Run again" }).last().waitFor();
    return web;
  };
  const log = (page: Page) => page.getByRole("log", { name: "What was said" });
  const write = async (page: Page, text: string): Promise<void> => {
    await page.getByLabel("Write a message").fill(text);
    await page.getByRole("button", { name: "Send", exact: true }).click();
  };
  const menu = async (page: Page, item: string): Promise<void> => {
    await page.locator("#content").getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };

  test("what is asked here is answered in Telegram as well, unless it is not to be", async () => {
    const { page } = await open();
    await write(page, "SAY:for both of us");
    await log(page).getByText("for both of us", { exact: true }).waitFor();
    await telegram.emulator.waitFor(() => ada.botTexts().includes("for both of us"));
    await page.getByLabel("The answer also goes to Telegram").uncheck();
    await write(page, "SAY:for this page alone");
    await log(page).getByText("for this page alone", { exact: true }).waitFor();
    await ada.exchange("SAY:and on in Telegram", "and on in Telegram");
    await log(page).getByText("and on in Telegram", { exact: true }).waitFor();
    expect(ada.botTexts()).not.toContain("for this page alone");
  });

  test("a question of the agent's is answered in Telegram, and goes here", async () => {
    const { page } = await open();
    const asked = ada.seat.sendText('TOOL:Bash:{"command":"touch from-telegram.txt"}\nSAY:it was touched');
    await log(page).getByRole("article").waitFor();
    await ada.press(await ada.said("May I use Bash?", asked), "Once");
    await log(page).getByRole("article").waitFor({ state: "detached" });
    await log(page).getByText("it was touched", { exact: true }).waitFor();
  });

  test("a model is chosen, a conversation begun, and an earlier one gone on with", async () => {
    const { page } = await open();
    await menu(page, "Model");
    const models = page.getByRole("dialog", { name: "Model" });
    await models.getByRole("radio").nth(1).click();
    await models.waitFor({ state: "detached" });
    await expect
      .poll(async () => (await client().call(getChatModel, { query: address })).model)
      .not.toBeNull();

    await menu(page, "New conversation");
    await page.getByText("The next message begins a new conversation").first().waitFor();
    await write(page, "SAY:a fresh beginning");
    await log(page).getByText("a fresh beginning", { exact: true }).waitFor();
    const conversations = await client().call(listConversations, { query: address });
    expect(conversations).toHaveLength(2);

    await menu(page, "Go on with an earlier one");
    const picker = page.getByRole("dialog", { name: "Go on with an earlier one" });
    await picker.getByRole("button", { name: /SAY:spoken in Telegram/ }).click();
    await picker.waitFor({ state: "detached" });
    await write(page, "RECALL");
    await log(page)
      .getByText(/spoken in Telegram/)
      .last()
      .waitFor();
    await expect
      .poll(
        async () =>
          (await client().call(listConversations, { query: address })).find(({ current }) => current)?.title,
      )
      .toContain("spoken in Telegram");
  });

  test("an answer is asked for again, as a turn of its own", async () => {
    const { page } = await open();
    await write(page, "SAY:once more");
    await log(page).getByText("once more", { exact: true }).waitFor();
    const message = log(page)
      .locator("[data-index]")
      .filter({ hasText: /^once more/ });
    await message.getByRole("button", { name: "Run again" }).click();
    await expect.poll(() => log(page).getByText("once more", { exact: true }).count(), PATIENCE).toBe(2);
  });

  test("a file goes along, and is had again", async () => {
    const { page } = await open();
    await page.locator('input[type="file"]').setInputFiles({
      name: "notes <b>.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("the boat is called Nele"),
    });
    await page.getByText("notes <b>.txt").waitFor();
    await write(page, "SAY:I have read it");
    await log(page).getByText("I have read it", { exact: true }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      log(page)
        .getByRole("link", { name: /^notes/ })
        .click(),
    ]);
    expect(String(await download.createReadStream().then(readAll))).toBe("the boat is called Nele");
  });

  test("all of it is taken along as a file", async () => {
    const { page } = await open();
    const [download] = await Promise.all([page.waitForEvent("download"), menu(page, "Export as Markdown")]);
    const text = String(await download.createReadStream().then(readAll));
    expect(text).toContain("spoken in Telegram");
    expect(download.suggestedFilename()).toMatch(/\.md$/);
  });

  test("what was said is deleted after a question, and is gone", async () => {
    const { page } = await open();
    await menu(page, "Delete what was said");
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page
      .getByText(/messages? (is|are) gone/)
      .first()
      .waitFor();
    await expect.poll(() => new URL(page.url()).pathname).toBe("/chats");
  });
});

const readAll = async (stream: AsyncIterable<Buffer>): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
};
