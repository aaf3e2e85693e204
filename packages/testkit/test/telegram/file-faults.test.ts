import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTelegramEmulator } from "@steward/testkit/telegram";
import { expect, onTestFinished, test } from "vitest";

async function startWithDocument(options: Parameters<typeof startTelegramEmulator>[0] = {}) {
  const telegram = await startTelegramEmulator(options);
  onTestFinished(() => telegram.close());
  const bot = telegram.addBot();
  telegram.user().in(bot).sendDocument({ data: "0123456789", name: "a.txt" });
  const message = telegram.pendingUpdates(bot).at(-1)?.message as { document: { file_id: string } };
  const found = await fetch(`${telegram.url}/bot${bot.token}/getFile`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ file_id: message.document.file_id }),
  });
  const { result } = (await found.json()) as { result: { file_path: string } };
  const download = () => fetch(`${telegram.url}/file/bot${bot.token}/${result.file_path}`);
  return { telegram, bot, path: result.file_path, download };
}

test("an address that has expired is not found", async () => {
  const { telegram, download } = await startWithDocument();
  telegram.faults.next({ kind: "404", method: "download" });
  const response = await download();
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({ ok: false, error_code: 404, description: "Not Found" });
  expect(await (await download()).text()).toBe("0123456789");
});

test("a download that is cut brings half of what it announced", async () => {
  const { telegram, download } = await startWithDocument();
  telegram.faults.next({ kind: "cut", method: "download" });
  const response = await download();
  expect(response.headers.get("content-length")).toBe("10");
  await expect(response.text()).rejects.toThrow();
});

test("a local server names a path of its own disk", async () => {
  const localFiles = mkdtempSync(join(tmpdir(), "steward-local-api-"));
  onTestFinished(() => rmSync(localFiles, { recursive: true, force: true }));
  const { bot, path } = await startWithDocument({ localFiles });
  expect(path).toBe(join(localFiles, bot.token, "documents/file_1.txt"));
  expect(readFileSync(path, "utf8")).toBe("0123456789");
});
