import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listApprovals } from "@steward/contract/approvals";
import { LAPTOP, openWebBrowser } from "../src/web/web-browser.ts";
import { startLivedIn } from "./lived-in.ts";

// `pnpm screenshots [page …]`: every page of the web UI, light and dark, on a laptop and on a phone, in both languages.
const FOLDER = fileURLToPath(new URL("../../../test-results/screenshots/", import.meta.url));

const PAGES: Readonly<Record<string, string>> = {
  home: "/",
  chats: "/chats",
  chat: "/chats/{bot}/{session}",
  approvals: "/approvals",
  search: "/search?q=snapshots",
  memories: "/memories",
  usage: "/usage",
  settings: "/settings",
};

const LOOKS = [
  { name: "light", theme: "light", language: "en", size: LAPTOP },
  { name: "dark", theme: "dark", language: "en", size: LAPTOP },
  { name: "phone-light", theme: "light", language: "zh", size: { width: 360, height: 760 } },
  { name: "phone-dark", theme: "dark", language: "en", size: { width: 360, height: 760 } },
] as const;

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in PAGES));
if (unknown.length > 0) {
  console.error(`There is no page ${unknown.join(", ")}; there are ${Object.keys(PAGES).join(", ")}.`);
  process.exit(2);
}
mkdirSync(FOLDER, { recursive: true });
const { rig, botId, sessionId, close } = await startLivedIn();
const browser = await openWebBrowser(rig);
try {
  // The question is there before the first picture.
  for (let asked = 0; asked === 0; ) {
    asked = (await rig.client().call(listApprovals, { query: { state: "pending" } })).length;
  }
  for (const [name, path] of Object.entries(PAGES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    for (const look of LOOKS) {
      const { page, context, loaded } = await browser.open({
        ...look,
        path: path.replace("{bot}", botId).replace("{session}", sessionId),
      });
      await loaded();
      const file = join(FOLDER, `${name}-${look.name}.png`);
      await page.screenshot({ path: file });
      console.log(file);
      await context.close();
    }
  }
} finally {
  await browser.close();
  await close();
}
