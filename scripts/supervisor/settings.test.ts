import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { readSettings } from "./settings.mjs";

function checkout(dotEnv = ""): string {
  const root = temporaryFolder();
  writeFileSync(join(root, ".env"), dotEnv);
  return root;
}

test("the environment wins over .env, and an empty variable is none", () => {
  const root = checkout("STEWARD_PORT=9001\nSTEWARD_HOME=/from/file\nTELEGRAM_BOT_TOKEN=1:abc\n");
  const settings = readSettings(root, { STEWARD_PORT: "9002", STEWARD_HOME: "", TELEGRAM_BOT_TOKEN: " " });
  expect(settings).toMatchObject({ address: "http://127.0.0.1:9002", home: "/from/file", hasTelegram: true });
});

test("nothing set: the defaults, without Telegram", () => {
  expect(readSettings(checkout(), {})).toMatchObject({
    address: "http://127.0.0.1:8000",
    hasTelegram: false,
  });
});

test("a list of tokens is Telegram, too", () => {
  expect(readSettings(checkout(), { TELEGRAM_BOT_TOKENS: "1:a,2:b" }).hasTelegram).toBe(true);
});

test.each([
  ["0.0.0.0", "http://127.0.0.1:8000"],
  ["::", "http://[::1]:8000"],
  ["[::1]", "http://[::1]:8000"],
  ["192.168.1.5", "http://192.168.1.5:8000"],
])("an API that listens on %s is reached at %s", (STEWARD_HOST, address) => {
  expect(readSettings(checkout(), { STEWARD_HOST }).address).toBe(address);
});
