import { rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { downloadFile, uploadFile } from "@steward/contract/files";
import { getPanic } from "@steward/contract/holds";
import { listPolicies } from "@steward/contract/policies";
import { listWebSessions } from "@steward/contract/web-sessions";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { bundledCli } from "../src/cli-versions.ts";
import { CLI_ENTRY, startRig } from "../src/rig.ts";
import { startService } from "../src/service-process.ts";
import { useWeb } from "../src/web/use-web.ts";
import { API_AWAY } from "../src/web/web-browser.ts";
import type { WebPage } from "../src/web/web-page.ts";

/** Two by two. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8DAwMDAxMDAwMDAAAANHQEDasKb6QAAAABJRU5ErkJggg==",
  "base64",
);

describe("a browser in front of the web UI", () => {
  const web = useWeb(() => startRig({ cli: bundledCli().path }));

  const steward = async (...args: string[]): Promise<string> => {
    const command = startService(CLI_ENTRY, web.rig.env, args);
    expect(await command.exited).toBe(0);
    return command.output();
  };
  const printedPath = async (): Promise<string> => {
    const link = /^http:\/\/\S+$/m.exec(await steward("web"))?.[0] ?? "";
    expect(link).toContain(`${web.rig.url}/#code=`);
    return link.slice(web.rig.url.length);
  };
  const openAt = (path: string, expected?: RegExp): Promise<WebPage> =>
    web.open({ stranger: true, path, ...(expected && { expected }) });
  const openPrinted = async (expected?: RegExp): Promise<WebPage> => {
    const opened = await openAt(await printedPath(), expected);
    await opened.page.locator("#content").waitFor();
    return opened;
  };

  /** How the API answers the page itself. */
  const statusOf = (page: Page, path: string): Promise<number> =>
    page.evaluate(async (at) => (await fetch(at)).status, path);

  test("follows the printed link, and stays signed in over a reload and a restart of the service", async () => {
    const { context, page } = await openPrinted(API_AWAY);
    expect(page.url()).toBe(`${web.rig.url}/`);
    const cookies = await context.cookies();
    const name = `steward-${new URL(web.rig.url).port}`;
    expect(cookies).toMatchObject([{ name, httpOnly: true, sameSite: "Strict", path: "/", secure: false }]);
    expect(await page.evaluate("document.cookie")).toBe("");
    await page.reload();
    await page.locator("#content").waitFor();

    await web.rig.api.end("SIGTERM");
    await web.rig.startApi();
    const again = await web.open({ context, path: "/approvals" });
    await again.page.locator("#content").waitFor();
    expect(await statusOf(again.page, "/api/v1/bots")).toBe(200);
    // The API's own documentation as well, typed into the address bar.
    expect((await again.page.goto(`${web.rig.url}/docs`))?.status()).toBe(200);
  });

  test("is not let in by a link that was used", async () => {
    const path = await printedPath();
    const first = await openAt(path);
    await first.page.locator("#content").waitFor();
    const second = await openAt(path, /status of 40[14]/);
    await second.page.getByText("This link was used already").waitFor();
    expect(await second.context.cookies()).toEqual([]);
    expect(await statusOf(second.page, "/api/v1/bots")).toBe(401);
  });

  test.each([
    "/?api=http://evil.example&gatewayUrl=http://evil.example&token=x",
    "/#api=http://evil.example&token=x",
    "/#code=x&api=http://evil.example",
    "/#code=%22%3E%3Cscript%3Elocation='http://evil.example'%3C/script%3E",
    "//evil.example/%2e%2e/approvals?baseUrl=//evil.example",
  ])("asks nobody but its own service, whatever a link says: %s", async (path) => {
    const { page } = await openAt("/", /status of 40[014]/);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(web.rig.url + path);
    await page.getByText("npm run -s steward -- web").first().waitFor();
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((url) => !url.startsWith(`${web.rig.url}/`))).toEqual([]);
    expect(page.url().startsWith(`${web.rig.url}/`)).toBe(true);
  });

  test("is signed out from the terminal", async () => {
    const { page } = await openPrinted(/status of 401/);
    const sessions = await web.rig.client().call(listWebSessions);
    expect(await steward("web", "--list")).toContain("Chrome, Linux");
    expect(await steward("web", "--revoke", "all")).toContain(`Signed out: ${sessions.length}`);
    await page.getByText("npm run -s steward -- web").waitFor();
    expect(await statusOf(page, "/api/v1/bots")).toBe(401);
    expect(await web.rig.client().call(listWebSessions)).toEqual([]);
  });

  test("row 43: with another token it is asked to sign in again, and comes back to the same page", async () => {
    const { page } = await openPrinted(/status of 401|ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY/);
    await page.goto(`${web.rig.url}/approvals`);
    await page.locator("#content").waitFor();
    const old = web.rig.token();
    await web.rig.api.end("SIGTERM");
    rmSync(join(web.rig.home, "token"));
    await web.rig.startApi();
    expect(web.rig.token()).not.toBe(old);
    await page.getByText("You were signed out here.").waitFor();
    await page.getByLabel("token").fill(old);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("token").fill(web.rig.token());
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("#content").waitFor();
    expect(page.url()).toBe(`${web.rig.url}/approvals`);
    expect(await statusOf(page, "/api/v1/bots")).toBe(200);
  });

  test("shows a chat's pictures in a page of ours; opened for themselves, files are only downloads", async () => {
    const { page } = await openPrinted();
    const upload = async (name: string, content: string | Buffer, type: string): Promise<string> => {
      const { id } = await web.rig.client().upload(uploadFile, {
        query: { botId: "web", chatId: "main", name },
        headers: { "idempotency-key": name },
        content: new Blob([content], { type }),
      });
      return downloadFile.path.replace("{fileId}", id);
    };
    const picture = await upload("dot.png", PNG, "image/png");
    const width = await page.evaluate(`(async () => {
      const image = document.createElement("img");
      image.src = ${JSON.stringify(picture)};
      document.body.append(image);
      await image.decode();
      return image.naturalWidth;
    })()`);
    expect(width).toBe(2);

    const script = "<script>document.title = 'taken'</script>";
    const hostile = [
      await upload("dot.svg", `<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`, "image/svg+xml"),
      await upload("page.html", script, "text/html"),
    ];
    for (const path of [picture, ...hostile]) {
      const download = page.waitForEvent("download");
      // Nothing is shown in its place.
      await expect(page.goto(web.rig.url + path)).rejects.toThrow(/Download is starting|ERR_ABORTED/);
      expect((await download).url()).toBe(web.rig.url + path);
      expect(page.url()).toBe(`${web.rig.url}/`);
    }
  });

  test.each([
    // Another port of this host is the same site to a browser, which sends the cookie along.
    ["127.0.0.1", "origin_not_allowed"],
    ["localhost", "unauthorized"],
  ])("does nothing for a page on another port of %s, whatever that makes it ask", async (host, refusal) => {
    const { context, page } = await openPrinted();
    const before = await web.rig.client().call(listPolicies);
    const server = createServer((_, response) =>
      response.setHeader("content-type", "text/html").end("<!doctype html><p>elsewhere"),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const elsewhere = `http://${host}:${(server.address() as AddressInfo).port}/`;
    try {
      const evil = await context.newPage();
      await evil.goto(elsewhere);
      const outcomes = await evil.evaluate(`(async () => {
        const target = ${JSON.stringify(web.rig.url)};
        const json = { "content-type": "application/json" };
        const policy = JSON.stringify({ name: "archiveAfterDays", value: 1 });
        const ask = (path, init) =>
          fetch(target + path, { credentials: "include", ...init }).then(
            async (response) => response.type + " " + response.status + " " + (await response.text()),
            () => "failed",
          );
        const picture = new Promise((resolve) => {
          const image = new Image();
          image.onload = () => resolve("loaded");
          image.onerror = () => resolve("failed");
          image.src = target + "/icon.svg";
        });
        return [
          await ask("/api/v1/policies", { method: "PUT", body: policy, headers: json }),
          await ask("/api/v1/panic", { method: "POST", body: "{}", mode: "no-cors" }),
          await ask("/api/v1/panic", { method: "POST", mode: "no-cors" }),
          await ask("/api/v1/bots", {}),
          await ask("/api/v1/bots", { mode: "no-cors" }),
          await picture,
        ];
      })()`);
      // "opaque": it is not told what came back, and the service has refused.
      expect(outcomes).toEqual([
        "failed",
        ...Array(2).fill(expect.stringMatching(/^(failed|opaque 0 )$/)),
        "failed",
        expect.stringMatching(/^(failed|opaque 0 )$/),
        "failed",
      ]);

      await evil.evaluate(`(() => {
        document.body.innerHTML = '<form method="post" action="${web.rig.url}/api/v1/panic"></form>';
        document.forms[0].submit();
      })()`);
      await evil.waitForURL(`${web.rig.url}/api/v1/panic`);
      expect(await evil.textContent("body")).toContain(refusal);

      await evil.goto(elsewhere);
      await evil.evaluate(`new Promise((resolve) => {
        const frame = document.createElement("iframe");
        frame.src = ${JSON.stringify(web.rig.url)};
        frame.onload = resolve;
        document.body.append(frame);
      })`);
      expect(await evil.frames()[1]?.locator("#root").count()).toBe(0);

      expect(await web.rig.client().call(listPolicies)).toEqual(before);
      expect(await web.rig.client().call(getPanic)).toMatchObject({ since: null });
      expect(await statusOf(page, "/api/v1/bots")).toBe(200);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
