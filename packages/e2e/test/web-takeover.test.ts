import { listConversations } from "@steward/contract/conversations";
import { getChatModel } from "@steward/contract/models";
import { listTurns } from "@steward/contract/turn-history";
import { TERMINAL_TURN_STATES } from "@steward/schema/enums";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { bundledCli } from "../src/cli-versions.ts";
import type { TelegramChat } from "../src/telegram-chat.ts";
import { startTelegramRig } from "../src/telegram-rig.ts";
import { chatLog, messageField } from "../src/web/chat-page.ts";
import { useWeb } from "../src/web/use-web.ts";

/** Two turns on the real CLI, on a machine that may be busy. */
const PATIENCE = { timeout: 20_000 };

describe("a Telegram chat in the web UI", () => {
  const web = useWeb(() => startTelegramRig({ cli: bundledCli().path }));
  let ada: TelegramChat;
  let address: { botId: string; chatId: string };
  beforeAll(async () => {
    ada = await web.steward.pair("Ada");
    address = { botId: String(web.steward.bot.id), chatId: String(ada.person.user.id) };
    await ada.exchange("SAY:spoken in Telegram", "spoken in Telegram");
  });
  const client = () => web.rig.client();
  const open = async () => {
    const opened = await web.open({ path: `/chats/${address.botId}/gw-${address.botId}-${address.chatId}` });
    await chatLog(opened.page).getByRole("button", { name: "Run again" }).last().waitFor();
    return opened;
  };
  const write = async (page: Page, text: string): Promise<void> => {
    await messageField(page).fill(text);
    await page.getByRole("button", { name: "Send", exact: true }).click();
  };
  /** Resolves when the answer is shown. */
  const exchange = async (page: Page, words: string): Promise<void> => {
    await write(page, `SAY:${words}`);
    await chatLog(page).getByText(words, { exact: true }).waitFor();
  };
  const menu = async (page: Page, item: string): Promise<void> => {
    await page.locator("#content").getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };

  test("what is asked here is answered in Telegram as well, unless it is not to be", async () => {
    const { page } = await open();
    await exchange(page, "for both of us");
    await web.steward.emulator.waitFor(() => ada.botTexts().includes("for both of us"));
    await page.getByLabel("The answer also goes to Telegram").uncheck();
    await exchange(page, "for this page alone");
    await ada.exchange("SAY:and on in Telegram", "and on in Telegram");
    await chatLog(page).getByText("and on in Telegram", { exact: true }).waitFor();
    expect(ada.botTexts()).not.toContain("for this page alone");
  });

  test("a question of the agent's is answered in Telegram, and goes here", async () => {
    const { page } = await open();
    const asked = ada.seat.sendText('TOOL:Bash:{"command":"touch from-telegram.txt"}\nSAY:it was touched');
    await chatLog(page).getByRole("article").waitFor();
    await ada.press(await ada.said("May I use Bash?", asked), "Once");
    await chatLog(page).getByRole("article").waitFor({ state: "detached" });
    await chatLog(page).getByText("it was touched", { exact: true }).waitFor();
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
    await exchange(page, "a fresh beginning");
    const conversations = await client().call(listConversations, { query: address });
    expect(conversations).toHaveLength(2);

    await menu(page, "Go on with an earlier one");
    const picker = page.getByRole("dialog", { name: "Go on with an earlier one" });
    await picker.getByRole("button", { name: /SAY:spoken in Telegram/ }).click();
    await picker.waitFor({ state: "detached" });
    await write(page, "RECALL");
    await chatLog(page)
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
    await exchange(page, "once more");
    const message = chatLog(page)
      .locator("[data-index]")
      .filter({ hasText: /^once more/ });
    await message.getByRole("button", { name: "Run again" }).click();
    await expect.poll(() => chatLog(page).getByText("once more", { exact: true }).count(), PATIENCE).toBe(2);
  });

  test("a file goes along, and is had again", async () => {
    const { page } = await open();
    await page.locator('input[type="file"]').setInputFiles({
      name: "notes <b>.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("the boat is called Nele"),
    });
    await page.getByText("notes <b>.txt").waitFor();
    await exchange(page, "I have read it");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      chatLog(page)
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
    // What Telegram has not been given yet is kept: answers go there one a second.
    const openTurns = async () => {
      const turns = await client().call(listTurns, { query: { ...address, limit: 200 } });
      return turns.filter(({ state }) => !TERMINAL_TURN_STATES.some((ended) => ended === state));
    };
    await expect.poll(openTurns, PATIENCE).toEqual([]);
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
