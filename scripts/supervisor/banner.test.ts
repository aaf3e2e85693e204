import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { askSignInLink, describeRunning } from "./banner.mjs";

const ADDRESS = "http://127.0.0.1:8000";
const system = {
  mode: "live" as const,
  cli: { version: "2.1.197", login: "subscription", problem: null },
  sandbox: { active: true, message: null },
};

/** The one endpoint of an API that the banner asks for a link. */
const startApi = async (token: string) => {
  const home = mkdtempSync(join(tmpdir(), "steward-banner-"));
  writeFileSync(join(home, "token"), `${token}\n`);
  const server = createServer((request, response) => {
    const isRight = request.headers.authorization === "Bearer right" && request.method === "POST";
    response.statusCode = isRight && request.url === "/api/v1/web/codes" ? 200 : 401;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ code: "abc", path: "/#code=abc", expiresAt: 1 }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(home, { recursive: true });
  });
  return { home, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

test("a person gets a link that signs their browser in", async () => {
  const service = await startApi("right");
  const link = await askSignInLink(service, service.address);
  expect(link).toBe(`${service.address}/#code=abc`);
  const text = describeRunning({ address: ADDRESS, hasTelegram: true, system, link }).join("\n");
  expect(text).toContain(`\n  ${link}\n`);
  expect(text).toContain("once, within ten minutes");
});

test("without a link the plain address stands there, and the command that makes one", async () => {
  const link = await askSignInLink(await startApi("wrong"), ADDRESS);
  expect(link).toBeUndefined();
  const text = describeRunning({ address: ADDRESS, hasTelegram: true, system, link }).join("\n");
  expect(text).toContain(`API and Telegram bot, ${ADDRESS}`);
  expect(text).toContain("npm run -s steward -- web");
  expect(text).not.toContain("#code");
});
