import { decideApproval, listApprovals } from "@steward/contract/approvals";
import { addChatMessage } from "@steward/contract/chat-history";
import { deleteHistoryMessage, deleteHistorySession, listHistoryMessages } from "@steward/contract/history";
import { releasePanic, startPanic } from "@steward/contract/holds";
import { submitTurn } from "@steward/contract/turns";
import type { Page } from "playwright-core";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { bundledCli } from "../src/cli-versions.ts";
import { startRig } from "../src/rig.ts";
import { chatLog, messageField } from "../src/web/chat-page.ts";
import { useWeb } from "../src/web/use-web.ts";
import { API_AWAY } from "../src/web/web-browser.ts";

const NOT_YET = /404 \(Not Found\) \S+\/history\/messages/;

describe("a chat in the web UI, on the real CLI", () => {
  const web = useWeb(() => startRig({ cli: bundledCli().path }));
  afterEach(() => expect(web.rig.model.violations).toEqual([]));

  let chats = 0;
  const newChat = () => `/chats/web/gw-web-c${++chats}`;
  // A chat in which nothing was said yet is not known.
  const open = (path = newChat(), expected = NOT_YET) => web.open({ path, expected });
  const write = async (page: Page, text: string): Promise<void> => {
    const field = messageField(page);
    await field.fill(text);
    await field.press("Enter");
  };
  const said = async (page: Page): Promise<string[]> => {
    const [, botId = "", sessionId = ""] = /chats\/([^/]+)\/([^/?]+)/.exec(page.url()) ?? [];
    const { messages } = await web.rig.client().call(listHistoryMessages, { query: { botId, sessionId } });
    return messages.map(({ role, text }) => `${role}: ${text}`);
  };
  const pending = () => web.rig.client().call(listApprovals, { query: { state: "pending" } });

  test("is begun, answered word by word, and told with what it took", async () => {
    const { page, accessibility } = await open("/chats");
    await page.getByRole("link", { name: "New chat" }).first().click();
    await page.getByText("Nothing was said here yet").waitFor();
    await write(page, "GATE:words SLOW:2:1 SAY:# Plan\\n\\nfirst **bold** words");
    await web.rig.model.held("words");
    await page.getByRole("status").filter({ hasText: "Working" }).waitFor();
    web.rig.model.release("words");
    await chatLog(page).locator("strong", { hasText: "bold" }).waitFor();
    await chatLog(page).getByRole("heading", { name: "Plan" }).waitFor();
    await chatLog(page).getByRole("button", { name: "Run again" }).waitFor();
    expect(await chatLog(page).getByText("first bold words").count()).toBe(1);
    await chatLog(page).getByRole("button", { name: "Why" }).click();
    await page.getByText("Nothing that is remembered went into this turn.").waitFor();
    expect(await accessibility()).toEqual([]);
    // The list on the left knows it by its first line.
    await page.getByRole("navigation", { name: "Chats" }).getByRole("link").first().waitFor();
  });

  test("shows the steps of a turn while it runs and afterwards", async () => {
    const { page } = await open();
    await write(page, 'TOOL:Bash:{"command":"date -u +%Y"}\nGATE:after SLOW:2:1 SAY:It is a year.');
    await web.rig.model.held("after");
    await chatLog(page).getByText("date -u +%Y", { exact: true }).waitFor();
    web.rig.model.release("after");
    await chatLog(page).getByRole("button", { name: "Steps (1)" }).click();
    await chatLog(page).getByLabel("done").waitFor();
    await chatLog(page).getByText("date -u +%Y", { exact: true }).waitFor();
  });

  test("is stopped with a press, and what was said until then stays", async () => {
    const { page } = await open();
    await write(page, "HANGMID SLOW:2:1 SAY:half a sentence and no more");
    await chatLog(page).getByText("half a").waitFor();
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await chatLog(page).getByText("stopped", { exact: true }).waitFor();
    await chatLog(page).getByText("half a").first().waitFor();
  });

  test("asks, shows exactly what would be done, and is answered in the chat", async () => {
    const { page, accessibility } = await open();
    await write(page, 'TOOL:Bash:{"command":"touch allowed.txt && echo \u202etxt.fdp"}\nSAY:done');
    const card = chatLog(page).getByRole("article");
    await card.getByLabel("What would be done").getByText("touch allowed.txt").waitFor();
    // Characters that change the direction stand as codes.
    expect(await card.textContent()).not.toContain("\u202e");
    expect(await accessibility()).toEqual([]);
    await card.getByRole("button", { name: "Allow once" }).click();
    await chatLog(page).getByText("done", { exact: true }).first().waitFor();
    expect(await pending()).toEqual([]);
  });

  test("a question stands in the inbox of another tab, and goes there when it is answered elsewhere", async () => {
    const { page, context } = await open();
    await write(page, 'TOOL:Bash:{"command":"touch elsewhere.txt"}\nSAY:went on');
    await chatLog(page).getByRole("article").waitFor();
    const inbox = await web.open({ context, path: "/approvals" });
    const card = inbox.page.getByRole("article");
    await card.getByLabel("What would be done").getByText("touch elsewhere.txt").waitFor();
    await inbox.page.getByRole("link", { name: "Approvals 1" }).waitFor();
    const [{ id = "", inputHash = "" } = {}] = await pending();
    await web.rig.client().call(decideApproval, {
      params: { approvalId: id },
      body: { decision: "once", inputHash },
    });
    await card.waitFor({ state: "detached" });
    await chatLog(page).getByRole("article").waitFor({ state: "detached" });
    await chatLog(page).getByText("went on").first().waitFor();
  });

  test("a denial takes its reason along", async () => {
    const { page } = await open();
    await write(page, 'TOOL:Bash:{"command":"touch denied.txt"}');
    const card = chatLog(page).getByRole("article");
    await card.getByRole("button", { name: "Deny" }).click();
    await card.getByLabel("Why not? (optional)").fill("not on a Friday");
    await card.getByRole("button", { name: "Deny" }).click();
    await chatLog(page).getByText("not on a Friday").waitFor();
  });

  test("row 43: with the API away nothing that was typed is lost, also over a reload; it is sent once", async () => {
    const { page } = await open(newChat(), API_AWAY);
    await page.getByText("Nothing was said here yet").waitFor();
    await web.rig.api.end("SIGKILL");
    await page.getByText("No connection to Steward").waitFor();
    await write(page, "SAY:here I am again");
    await page.getByText("Steward does not answer.").first().waitFor();
    expect(await messageField(page).inputValue()).toBe("SAY:here I am again");
    await web.rig.startApi();
    await page.getByText("No connection to Steward").waitFor({ state: "detached" });
    await page.reload();
    expect(await messageField(page).inputValue()).toBe("SAY:here I am again");
    await messageField(page).press("Enter");
    await chatLog(page).getByRole("button", { name: "Run again" }).waitFor();
    expect(await said(page)).toEqual(["user: SAY:here I am again", "assistant: here I am again"]);
    expect(await messageField(page).inputValue()).toBe("");
  });

  test("what is written while something is sent stays, and what was sent is gone, also when the chat was left", async () => {
    const { page } = await open();
    await page.getByText("Nothing was said here yet").waitFor();
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await page.route("**/api/v1/turns", async (route) => {
      const response = await route.fetch();
      await held;
      await route.fulfill({ response });
    });
    const field = messageField(page);
    await write(page, "SAY:first");
    await field.fill("and the next thing");
    letGo();
    await chatLog(page).getByText("first", { exact: true }).waitFor();
    expect(await field.inputValue()).toBe("and the next thing");
    await page.reload();
    expect(await field.inputValue()).toBe("and the next thing");
    await page.unroute("**/api/v1/turns");
    await field.press("Enter");
    await chatLog(page).getByText("and the next thing", { exact: true }).first().waitFor();
    await expect.poll(() => said(page), { timeout: 20_000 }).toHaveLength(4);
  });

  test("a message made to keep the browser busy is shown as it was written", async () => {
    const text = `${">".repeat(9_000)} deep`;
    await web.rig.client().call(addChatMessage, {
      body: { session_id: "gw-web-deep", bot_id: "web", role: "assistant", content: text, source: "web" },
    });
    const { page } = await open("/chats/web/gw-web-deep");
    await chatLog(page)
      .getByText(/>>>> deep/)
      .waitFor();
  });

  test("a turn goes on while the page is away, and stands there once when it is back", async () => {
    const { page, context } = await open(newChat(), API_AWAY);
    await write(page, "GATE:away SLOW:2:1 SAY:spoken while nobody looked");
    await web.rig.model.held("away");
    await context.setOffline(true);
    web.rig.model.release("away");
    await expect.poll(() => said(page)).toHaveLength(2);
    await context.setOffline(false);
    await chatLog(page).getByText("spoken while nobody looked").last().waitFor();
    await chatLog(page).getByRole("button", { name: "Run again" }).waitFor();
    await expect
      .poll(() => chatLog(page).getByText("spoken while nobody looked", { exact: true }).count())
      .toBe(1);
  });

  test("a message that was found is opened with what was said around it", async () => {
    const client = web.rig.client();
    const ids: number[] = [];
    for (let n = 0; n < 120; n++) {
      const { id } = await client.call(addChatMessage, {
        body: {
          session_id: "gw-web-long",
          bot_id: "web",
          role: n % 2 ? "assistant" : "user",
          content: `number ${n}`,
          source: "web",
        },
      });
      ids.push(id);
    }
    const { page } = await open(`/chats/web/gw-web-long?at=${ids[10]}`);
    await chatLog(page).getByText("number 10", { exact: true }).waitFor();
    expect(await chatLog(page).getByText("number 119", { exact: true }).count()).toBe(0);
    await page.getByRole("button", { name: "To the newest" }).click();
    await chatLog(page).getByText("number 119", { exact: true }).waitFor();
  });

  /** A chat of which so much was said. @returns the messages' numbers */
  const fill = async (sessionId: string, messages: number): Promise<number[]> => {
    const ids: number[] = [];
    for (let n = 0; n < messages; n++) {
      const role = n % 2 ? "assistant" : "user";
      const body = {
        session_id: sessionId,
        bot_id: "web",
        role,
        content: `line ${n}`,
        source: "web",
      } as const;
      ids.push((await web.rig.client().call(addChatMessage, { body })).id);
    }
    return ids;
  };

  test("a chat that is read in its middle follows what is deleted elsewhere, and says when it is gone", async () => {
    const sessionId = "gw-web-middle";
    const ids = await fill(sessionId, 120);
    const { page } = await open(`/chats/web/${sessionId}?at=${ids[40]}`);
    await chatLog(page).getByText("line 41", { exact: true }).waitFor();
    await web.rig.client().call(deleteHistoryMessage, {
      params: { messageId: ids[41] ?? 0 },
      query: { botId: "web", sessionId },
    });
    await chatLog(page).getByText("line 41", { exact: true }).waitFor({ state: "detached" });
    await chatLog(page).getByText("line 40", { exact: true }).waitFor();
    await web.rig.client().call(deleteHistorySession, { query: { botId: "web", sessionId } });
    await page.getByText("This chat was deleted").waitFor();
    await page.getByRole("link", { name: "All chats" }).click();
    await page.waitForURL("**/chats");
    // Nothing of it is kept to be shown again.
    await page.goBack();
    await page.getByText("This chat was deleted").waitFor();
    expect(await page.getByText("line 40", { exact: true }).count()).toBe(0);
  });

  test("a message that is gone is told, and the chat that it stood in is shown", async () => {
    const sessionId = "gw-web-one-gone";
    const [, second = 0] = await fill(sessionId, 3);
    await web.rig.client().call(deleteHistoryMessage, {
      params: { messageId: second },
      query: { botId: "web", sessionId },
    });
    const { page } = await open(`/chats/web/${sessionId}?at=${second}`);
    await chatLog(page).getByText("line 2", { exact: true }).waitFor();
    await page.getByText("That message is no longer there").first().waitFor();
  });

  test("of a chat that was deleted here nothing is shown again, not even while it is asked for", async () => {
    const sessionId = "gw-web-deleted-here";
    await fill(sessionId, 4);
    const { page } = await open(`/chats/web/${sessionId}`);
    await chatLog(page).getByText("line 3", { exact: true }).waitFor();
    await page.locator("main header").getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Delete what was said" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.waitForURL("**/chats");
    await page.getByText("4 messages are gone").first().waitFor();
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const asked = page.waitForRequest("**/api/v1/history/messages*");
    await page.route("**/api/v1/history/messages*", async (route) => {
      await held;
      await route.continue();
    });
    await page.goBack();
    await asked;
    expect(await chatLog(page).getByText("line 3", { exact: true }).count()).toBe(0);
    letGo();
    await page.getByText("Nothing was said here yet").waitFor();
  });

  /** What has the focus: its name, or its text. */
  const focused = async (page: Page): Promise<string> => {
    const element = page.locator(":focus");
    if ((await element.count()) === 0) return "body";
    return (await element.getAttribute("aria-label")) ?? (await element.textContent()) ?? "";
  };

  test("a notice above a chat leaves its field in sight", async () => {
    const { page } = await open();
    await page.getByText("Nothing was said here yet").waitFor();
    onTestFinished(async () => void (await web.rig.client().call(releasePanic)));
    await web.rig.client().call(startPanic);
    await page.getByText("Everything is stopped (panic).").waitFor();
    expect(await page.locator("main").evaluate((main) => main.scrollHeight - main.clientHeight)).toBe(0);
  });

  test("words begun for a denial or an answer stay, also when their place is scrolled away and the page is loaded anew", async () => {
    const sessionId = "gw-web-begun";
    await fill(sessionId, 60);
    const { page } = await open(`/chats/web/${sessionId}`);
    const card = chatLog(page).getByRole("article");
    const away = async (): Promise<void> => {
      await chatLog(page).evaluate((element) => element.scrollTo(0, element.scrollHeight / 4));
      await card.waitFor({ state: "detached" });
      await page.getByRole("button", { name: "To the newest" }).click();
      await card.waitFor();
    };
    await write(page, 'TOOL:Bash:{"command":"touch begun.txt"}\nSAY:denied');
    await card.getByRole("button", { name: "Deny" }).click();
    await card.getByLabel("Why not? (optional)").fill("not before noon");
    await away();
    expect(await card.getByLabel("Why not? (optional)").inputValue()).toBe("not before noon");
    await page.reload();
    expect(await card.getByLabel("Why not? (optional)").inputValue()).toBe("not before noon");
    await card.getByRole("button", { name: "Deny" }).click();
    await chatLog(page).getByText("denied", { exact: true }).first().waitFor();
    const options = [
      { label: "north", description: "" },
      { label: "south", description: "" },
    ];
    const questions = [{ question: "Which way?", header: "Way", multiSelect: true, options }];
    await write(page, `TOOL:AskUserQuestion:${JSON.stringify({ questions })}\nSAY:answered`);
    await card.getByLabel("north").check();
    await card.getByLabel("Or in your own words").fill("then east");
    await away();
    expect(await card.getByLabel("north").isChecked()).toBe(true);
    expect(await card.getByLabel("Or in your own words").inputValue()).toBe("then east");
    await card.getByRole("button", { name: "Answer", exact: true }).click();
    await chatLog(page).getByText("answered", { exact: true }).first().waitFor();
    const kept = await page.evaluate(() => Object.keys(sessionStorage).filter((key) => /draft/.test(key)));
    expect(kept).toEqual([]);
  });

  test("after an answer the keyboard goes on: at the next question, else where one writes or what the page is about", async () => {
    const { page, context } = await open();
    const card = chatLog(page).getByRole("article");
    await write(page, 'TOOL:Bash:{"command":"touch first.txt"}\nSAY:went on');
    await card.getByRole("button", { name: "Deny" }).press("Enter");
    await card.getByRole("button", { name: "Cancel" }).press("Enter");
    expect(await focused(page)).toBe("Deny");
    await card.getByRole("button", { name: "Allow once" }).press("Enter");
    await card.waitFor({ state: "detached" });
    expect(await focused(page)).toBe("Write a message");
    for (const file of ["one", "two"]) {
      await web.rig.client().call(submitTurn, {
        headers: { "idempotency-key": file },
        body: { botId: "web", chatId: file, text: `TOOL:Bash:{"command":"touch ${file}.txt"}\nSAY:went on` },
      });
    }
    const inbox = (await web.open({ context, path: "/approvals" })).page;
    const cards = inbox.getByRole("article");
    await cards.nth(1).waitFor();
    await cards.first().getByRole("button", { name: "Allow once" }).press("Enter");
    await cards.nth(1).waitFor({ state: "detached" });
    // Its card, no button of it: a second Enter allows nothing.
    expect(await focused(inbox)).toBe("Question about Bash");
    await cards.getByRole("button", { name: "Deny" }).press("Enter");
    await cards.getByLabel("Why not? (optional)").press("Enter");
    await cards.waitFor({ state: "detached" });
    expect(await focused(inbox)).toBe("Approvals");
  });

  test("an answer that has finished, and the page that one has gone to, are said to those who do not see them", async () => {
    const { page } = await open();
    await page.getByText("Nothing was said here yet").waitFor();
    const told = (text: string) => page.getByRole("status").filter({ hasText: new RegExp(`^${text}$`) });
    await write(page, "SAY:spoken");
    await told("The answer is finished").waitFor();
    await write(page, "HANGMID SLOW:2:1 SAY:half of it");
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await told("The answer has ended: stopped").waitFor();
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Usage" }).click();
    await told("Usage").waitFor();
    // What is said takes no room: only the page itself scrolls, not what stands around it.
    await page.getByRole("heading", { name: "Caps" }).waitFor();
    expect(await page.evaluate("document.documentElement.scrollHeight - innerHeight")).toBe(0);
  });

  test("more of a list is gone on with at the first that has come, and a menu gives the focus back", async () => {
    for (let n = 0; n < 55; n++) await fill(`gw-web-many${n}`, 1);
    const { page } = await open("/chats");
    const more = page.getByRole("button", { name: "Earlier chats" });
    const links = page.getByRole("navigation", { name: "Chats" }).getByRole("link");
    await more.waitFor();
    const before = await links.count();
    await more.press("Enter");
    await links.nth(before).waitFor();
    await links.nth(before).and(page.locator(":focus")).waitFor();
    const menu = page.getByRole("button", { name: "More", exact: true });
    await menu.press("Enter");
    await page.getByRole("menuitem", { name: "Dark" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("menuitem", { name: "Dark" }).waitFor({ state: "detached" });
    await expect.poll(() => focused(page)).toBe("More");
  });

  test("what is said when nothing can be loaded goes away again like everything that is said", async () => {
    const { page, context } = await open(newChat(), API_AWAY);
    await page.getByText("Nothing was said here yet").waitFor();
    await page.route("**/assets/toaster-*.js", (route) => route.abort());
    // It would be loaded anew, once, for a part that is missing.
    await page.evaluate(() => sessionStorage.setItem("steward.reloaded", String(Date.now())));
    await page.reload();
    await page.getByText("Nothing was said here yet").waitFor();
    await context.setOffline(true);
    await page.clock.install();
    await write(page, "SAY:nobody hears it");
    const words = page.getByRole("alert").filter({ hasText: "Steward does not answer." });
    await words.waitFor();
    await page.clock.runFor(11_000);
    expect(await words.count()).toBe(1);
    await page.clock.runFor(1_500);
    await words.waitFor({ state: "detached" });
    await write(page, "SAY:nobody hears it");
    await words.waitFor();
    await words.getByRole("button", { name: "Close" }).click();
    await words.waitFor({ state: "detached" });
  });
});
