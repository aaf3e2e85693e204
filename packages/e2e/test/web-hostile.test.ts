import { requestPairing } from "@steward/contract/access";
import { addChatMessage } from "@steward/contract/chat-history";
import { uploadFile } from "@steward/contract/files";
import { listHistorySessions } from "@steward/contract/history";
import { createMemory } from "@steward/contract/memories";
import { setPolicy } from "@steward/contract/policies";
import { submitTurn } from "@steward/contract/turns";
import { beforeAll, describe, expect, test } from "vitest";
import { bundledCli } from "../src/cli-versions.ts";
import { type Rig, startRig } from "../src/rig.ts";
import { useWeb } from "../src/web/use-web.ts";
import { LAPTOP, PHONE } from "../src/web/web-browser.ts";
import type { WebPage } from "../src/web/web-page.ts";

/** What an agent, a stranger or a web page may write, in the hope that a browser takes it for more than words. */
const PAYLOADS = [
  '<img src=x onerror="window.pwned=1">',
  "<script>window.pwned=1</script>",
  '"><svg onload=window.pwned=1>',
  '<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
  "[press me](javascript:window.pwned=1)",
  "![seen](http://127.0.0.1:9/track.png)",
  "[x]: javascript:window.pwned=1\n\n[press][x]",
  '<a href="javascript:window.pwned=1">press</a>',
  "{{constructor.constructor('window.pwned=1')()}}",
  "<style>*{display:none}</style><link rel=stylesheet href=http://127.0.0.1:9/x.css>",
  "<form action=http://127.0.0.1:9/><button>Allow once</button></form>",
  "\u202Egnp.exe\u2066 \u200B\u0000",
  "```js\n</code></pre><script>window.pwned=1</script>\n```",
  "| a |\n|---|\n| <img src=x onerror=window.pwned=1> |",
  "W".repeat(4_000),
];

const PAGES = ["/", "/chats", "/approvals", "/search", "/memories", "/usage", "/settings"];

describe("hostile text in every field", () => {
  const web = useWeb(() => startRig({ cli: bundledCli().path }));
  beforeAll(() => poison(web.rig));

  const inspect = async ({ page, overflowPx }: WebPage): Promise<void> => {
    expect(await page.evaluate("window.pwned")).toBeUndefined();
    expect(await page.locator("img[src=x], iframe, object, embed, form[action], style, base").count()).toBe(
      0,
    );
    // The page's own scripts alone, and no link that does anything but lead somewhere.
    expect(await page.locator('body script, a[href^="javascript"], a[href^="data"]').count()).toBe(0);
    expect([page.url(), await overflowPx()]).toEqual([page.url(), 0]);
  };

  test.each([LAPTOP, PHONE])("stays words on every page, at %o", async (size) => {
    const opened = await web.open({ size });
    const { page } = opened;
    const elsewhere: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(web.rig.url)) elsewhere.push(request.url());
    });
    page.on("dialog", (dialog) => elsewhere.push(`dialog ${dialog.message()}`));
    const { sessions } = await web.rig.client().call(listHistorySessions, { query: {} });
    const chats = sessions.map(({ botId, sessionId }) => `/chats/${botId}/${encodeURIComponent(sessionId)}`);
    expect(chats.length).toBeGreaterThanOrEqual(3);
    const searched = `/search?q=${encodeURIComponent(PAYLOADS[0] ?? "")}`;
    for (const path of [...PAGES, ...chats, searched]) {
      await page.goto(web.rig.url + path);
      await opened.loaded();
      await inspect(opened);
    }
    expect(elsewhere).toEqual([]);
  });

  test("no word of an agent's is one of our buttons", async () => {
    const { page } = await web.open({ path: "/chats/cli/gw-cli-button" });
    await page.getByRole("log").getByText("Allow once").first().waitFor();
    expect(await page.getByRole("button", { name: "Allow once" }).count()).toBe(0);
  });
});

const poison = async (rig: Rig): Promise<void> => {
  const client = rig.client();
  for (const [index, payload] of PAYLOADS.entries()) {
    for (const role of ["user", "assistant"] as const) {
      await client.call(addChatMessage, {
        body: { session_id: "gw-cli-agent", bot_id: "cli", role, content: payload, source: "cli" },
      });
    }
    const key = `${payload.slice(0, 80)} ${index}`.replaceAll(/[\n\0]/g, " ");
    const content = payload.slice(0, 4_000).replaceAll("\0", " ");
    await client.call(createMemory, {
      body: { shared: true, key, content, category: "x", state: index % 2 ? "accepted" : "proposed" },
    });
  }
  const button = PAYLOADS.find((payload) => payload.includes("Allow once")) ?? "";
  await client.call(addChatMessage, {
    body: { session_id: "gw-cli-button", bot_id: "cli", role: "assistant", content: button, source: "cli" },
  });
  const [first = "", second = ""] = PAYLOADS;
  await client.call(addChatMessage, {
    body: { session_id: `${first}/../x`, bot_id: "cli", role: "user", content: second, source: first },
  });
  await client.call(requestPairing, {
    body: { botId: "4242", userId: "7", chatId: "7", username: "x", name: first },
  });
  await client.call(setPolicy, { body: { name: "persona", value: first } });
  const chat = { botId: "cli", chatId: "files" };
  const { id } = await client.upload(uploadFile, {
    headers: { "idempotency-key": "f" },
    query: { ...chat, name: '"><img src=x onerror=window.pwned=1>.svg' },
    content: new Blob(['<svg xmlns="http://www.w3.org/2000/svg" onload="window.pwned=1"/>']),
  });
  // Its title is what a person has written; its question waits while the pages are looked at.
  const command = 'echo "<script>window.pwned=1</script>" > x.html';
  const text = `${first} ${first}\nTOOL:Bash:${JSON.stringify({ command, description: second })}`;
  await client.call(submitTurn, {
    headers: { "idempotency-key": "t" },
    body: { ...chat, text, fileIds: [id], userName: first },
  });
  await rig.model.waitForRequest(({ prompt }) => prompt.includes("onerror"));
};
