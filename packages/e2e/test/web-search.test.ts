import { addChatMessage } from "@steward/contract/chat-history";
import { createMemory } from "@steward/contract/memories";
import { getSearchStatus } from "@steward/contract/search-status";
import { type FakeEmbeddings, startFakeEmbeddings } from "@steward/testkit/embeddings";
import type { Page, Request } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startRig } from "../src/rig.ts";
import { useWeb } from "../src/web/use-web.ts";
import { API_AWAY, PHONE } from "../src/web/web-browser.ts";

const HOSTILE = "<img src=x onerror=alert(1)> train [x](javascript:alert(1)) \u202etxet";

let server: FakeEmbeddings;
beforeAll(async () => {
  server = await startFakeEmbeddings({ dims: 64 });
});
afterAll(() => server?.close());

const web = useWeb(() => startRig({ cli: null }));
const ids = { question: 0, memory: 0 };

const say = async (content: string, role: "user" | "assistant" = "user", chat = "7"): Promise<number> => {
  const body = { session_id: `gw-b-${chat}`, bot_id: "b", role, content };
  return (await web.rig.client().call(addChatMessage, { body })).id;
};

beforeAll(async () => {
  ids.question = await say("Which night train goes to Rome?");
  await say("The Nightjet train leaves at 19:23.", "assistant");
  await say(HOSTILE);
  await say(`train ${"W".repeat(10_000)}`, "user", "8");
  await say("住在罗马的朋友");
  const memory = { shared: true, key: "travel", content: "prefers the train to flying" } as const;
  ids.memory = (await web.rig.client().call(createMemory, { body: memory })).id;
});

const field = (page: Page) => page.getByRole("textbox", { name: "Search messages and memories" });
const focusedField = (page: Page) => field(page).and(page.locator(":focus"));
const hits = (page: Page) => page.locator("[data-hit]");
const isSearch = (request: Request): boolean => request.url().includes("/api/v1/search?");

test("a slash goes to the field from any page, and what is typed is found after a pause, with its words marked", async () => {
  const { page, accessibility } = await web.open({ path: "/usage" });
  await page.getByRole("heading", { level: 1 }).waitFor();
  const asked: string[] = [];
  page.on("request", (request) => {
    if (isSearch(request)) asked.push(new URL(request.url()).searchParams.get("q") ?? "");
  });
  await page.keyboard.press("/");
  await focusedField(page).waitFor();
  await page.keyboard.type("night train", { delay: 15 });
  await page.locator("mark").first().waitFor();
  expect(asked).toEqual(["night train"]);
  expect(page.url()).toContain("q=night+train");
  await page.getByText("Found by words alone").waitFor();
  await page.getByText("ollama pull nomic-embed-text").waitFor();
  await page.getByRole("heading", { name: "Memories", level: 2 }).waitFor();
  const marked = await hits(page).filter({ hasText: "Which night train" }).locator("mark").allTextContents();
  expect(marked).toEqual(["night", "train"]);
  expect(await accessibility()).toEqual([]);
});

test("arrows go over the hits, Enter opens one in its chat, back finds the search again, a slash keeps it", async () => {
  const { page } = await web.open({ path: "/search?q=train&in=messages&chat=7&bot=b&role=user" });
  await hits(page).first().waitFor();
  await field(page).focus();
  const focused = () => page.locator("[data-hit]:focus").textContent();
  await page.keyboard.press("ArrowDown");
  const first = await focused();
  await page.keyboard.press("ArrowDown");
  expect(await focused()).not.toBe(first);
  await page.keyboard.press("ArrowUp");
  expect(await focused()).toBe(first);
  await page.keyboard.press("ArrowUp");
  await focusedField(page).waitFor();
  await hits(page).filter({ hasText: "Which night train" }).focus();
  await page.keyboard.press("/");
  expect(await field(page).inputValue()).toBe("train");
  await hits(page).filter({ hasText: "Which night train" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/chats/b/gw-b-7?at=${ids.question}`);
  await page.goBack();
  await hits(page).first().waitFor();
  expect(await field(page).inputValue()).toBe("train");
  expect(await hits(page).count()).toBe(2);
});

test("filters stand in the address; those that memories do not have leave them out, and it is said", async () => {
  const { page } = await web.open({ path: "/search?q=train" });
  await hits(page).first().waitFor();
  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByLabel("Who").selectOption("assistant");
  await page.getByText("with these filters messages alone are searched").waitFor();
  await expect.poll(() => hits(page).count()).toBe(1);
  expect(page.url()).toContain("role=assistant");
  await page.reload();
  await page.getByRole("button", { name: "Filters (1)" }).waitFor();
  expect(await page.getByLabel("Who").inputValue()).toBe("assistant");
  await page.getByLabel("From day").fill("2026-01-02");
  await page.getByLabel("To day").fill("2026-01-01");
  await page.getByText("These days are the wrong way round").waitFor();
  await page.getByRole("button", { name: "Remove the filters" }).first().click();
  await hits(page).nth(3).waitFor();
  await page.locator("fieldset").getByText("Memories").click();
  await expect.poll(() => hits(page).count()).toBe(1);
  await hits(page).first().click();
  await page.waitForURL(`**/memories?id=${ids.memory}`);
});

test("a question that another overtakes is given up, and the hits before stay until there are new ones", async () => {
  const { page } = await web.open({ path: "/search?q=train" });
  await hits(page).first().waitFor();
  let release: (() => void) | undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/api\/v1\/search\?q=slow/, async (route) => {
    await held;
    await route.continue().catch(() => undefined);
  });
  const given = page.waitForEvent("requestfailed", isSearch);
  await field(page).fill("slow");
  await page.getByText("Searching …").waitFor();
  expect(await hits(page).count()).toBeGreaterThan(0);
  await field(page).fill("罗马");
  expect((await given).failure()?.errorText).toBe("net::ERR_ABORTED");
  release?.();
  await expect.poll(() => page.locator("mark").allTextContents()).toEqual(["罗马"]);
});

test("nothing found, too much asked for, nothing asked: each says what to do", async () => {
  const { page } = await web.open({ path: "/search" });
  await page.getByText("Find anything").waitFor();
  await field(page).fill("zebra");
  await page.getByText("Nothing fits “zebra”.").waitFor();
  await field(page).fill("x".repeat(4_001));
  await page.getByText("these are 4,001").waitFor();
  await page.getByRole("button", { name: "Clear the field" }).click();
  await page.getByText("Find anything").waitFor();
});

test("hostile text is text, and a word without an end breaks nothing on a phone", async () => {
  const { page, overflowPx, accessibility } = await web.open({
    path: "/search?q=train",
    size: PHONE,
    language: "zh",
  });
  await hits(page).filter({ hasText: "<img src=x onerror=alert(1)>" }).waitFor();
  await page.getByText("仅按词语搜索").waitFor();
  expect(await page.locator("#content img").count()).toBe(0);
  expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
  expect(await overflowPx()).toBe(0);
  const box = await hits(page).filter({ hasText: "WWWW" }).boundingBox();
  expect(box?.width).toBeLessThanOrEqual(PHONE.width);
  expect(box?.height).toBeLessThan(160);
  expect(await accessibility()).toEqual([]);
});

test("with an embedding model it goes by meaning and says how near; when the API is gone it says so, and comes back", async () => {
  await web.rig.api.end("SIGTERM");
  await web.rig.startApi({ STEWARD_EMBEDDER: "auto", OLLAMA_BASE_URL: server.url });
  await say("my automobile is red");
  const isDone = async () => {
    const { active } = await web.rig.client().call(getSearchStatus);
    return active !== null && active.done === active.total;
  };
  await expect.poll(isDone, { timeout: 15_000, interval: 100 }).toBe(true);
  const { page } = await web.open({ path: "/search?q=car", expected: API_AWAY });
  await hits(page)
    .filter({ hasText: "automobile" })
    .getByText(/^meaning 0\.\d\d$/)
    .waitFor();
  await page.getByText("Found by meaning and words").waitFor();
  await web.rig.api.end("SIGTERM");
  await field(page).fill("kitten");
  await page.getByText("Steward does not answer").waitFor();
  expect(await field(page).inputValue()).toBe("kitten");
  await web.rig.startApi();
  await page.getByText("Found by words alone").waitFor();
});

test("whoever asks for more hits goes on at the first new one", async () => {
  for (let n = 0; n < 25; n++) await say(`lighthouse ${n}`, "user", "9");
  const { page } = await web.open({ path: "/search?q=lighthouse&in=messages" });
  await hits(page).nth(19).waitFor();
  const shown = await hits(page).count();
  await page.getByRole("button", { name: "Show more" }).press("Enter");
  await hits(page).nth(24).waitFor();
  const focused = hits(page).and(page.locator(":focus"));
  await focused.waitFor();
  expect(shown).toBe(20);
  expect(await hits(page).nth(20).textContent()).toBe(await focused.textContent());
});
