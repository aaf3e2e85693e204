import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { ENDPOINTS } from "@steward/contract/endpoints";
import { describe, expect, onTestFinished, test } from "vitest";
import { routingPath } from "../src/http/mount.ts";
import { ROUTE_EXCEPTIONS } from "../src/security/exceptions.ts";
import { createApiFixture, HOST } from "./api-fixture.ts";
import { rawRequest } from "./raw-request.ts";

const INDEX =
  '<!doctype html><title>Steward</title><script type="module" src="/assets/index-a1.js"></script>';
const SCRIPT = `export const words = ${JSON.stringify("word ".repeat(2_000))};`;
const NAVIGATION = { "sec-fetch-mode": "navigate", accept: "text/html,*/*" };

/** A folder as a build leaves it. */
const build = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "steward-web-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "dist", "assets"), { recursive: true });
  const files = {
    "../secret.js": "not for anybody",
    "index.html": INDEX,
    "manifest.webmanifest": "{}",
    "icon.svg": "<svg/>",
    "assets/index-a1.js": SCRIPT,
    "assets/font-b2.woff2": "wOF2",
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, "dist", name), content);
  symlinkSync(join(folder, "secret.js"), join(folder, "dist", "assets", "link.js"));
  return join(folder, "dist");
};

const startWith = async (webDirectory: string) => {
  const api = await createApiFixture({ webDirectory });
  /** As somebody who has nothing. */
  const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    api.app.request(`http://${HOST}${path}`, { method, headers: { host: HOST, ...headers } });
  return { api, get };
};

describe("the built web UI", () => {
  test.each(["/", "/sessions/gw-7-1.t5", "/a/b/c", "/assets"])(
    "answers a browser that opens %s with the index, to whoever asks",
    async (path) => {
      const { get } = await startWith(build());
      const response = await get(path, NAVIGATION);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(response.headers.get("cache-control")).toBe("no-cache");
      expect(await response.text()).toBe(INDEX);
    },
  );

  test.each([
    ["/assets/index-a1.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"],
    ["/assets/font-b2.woff2", "font/woff2", "public, max-age=31536000, immutable"],
    ["/manifest.webmanifest", "application/manifest+json", "no-cache"],
    ["/icon.svg", "image/svg+xml", "no-cache"],
    ["/index.html", "text/html; charset=utf-8", "no-cache"],
  ])("hands out %s", async (path, type, caching) => {
    const { get } = await startWith(build());
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("cache-control")).toBe(caching);
    const etag = response.headers.get("etag") ?? "";
    const again = await get(path, { "if-none-match": `"other", ${etag}` });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    expect(again.headers.get("etag")).toBe(etag);
  });

  test("stands behind nothing but a strict policy, on every file and on what is not there", async () => {
    const { get } = await startWith(build());
    for (const path of ["/", "/assets/index-a1.js"]) {
      const { headers } = await get(path, NAVIGATION);
      expect(headers.get("content-security-policy")).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
      );
      expect(headers.get("permissions-policy")).toContain("camera=()");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("set-cookie")).toBeNull();
    }
    const missing = await get("/assets/gone.js", NAVIGATION);
    expect(missing.headers.get("cache-control")).toBe("no-store");
  });

  test("goes over the wire as small as the browser takes it", async () => {
    const { get } = await startWith(build());
    const as = async (accepted: string) => {
      const response = await get("/assets/index-a1.js", { "accept-encoding": accepted });
      const body = Buffer.from(await response.arrayBuffer());
      expect(response.headers.get("vary")).toBe("accept-encoding");
      expect(Number(response.headers.get("content-length"))).toBe(body.length);
      return { encoding: response.headers.get("content-encoding"), body };
    };
    const brotli = await as("gzip, deflate, br, zstd");
    expect(brotli.encoding).toBe("br");
    expect(brotliDecompressSync(brotli.body).toString()).toBe(SCRIPT);
    const gzip = await as("gzip;q=0.5, br;q=0");
    expect(gzip.encoding).toBe("gzip");
    expect(gunzipSync(gzip.body).toString()).toBe(SCRIPT);
    expect((await as("identity")).encoding).toBeNull();
    const font = await get("/assets/font-b2.woff2", { "accept-encoding": "br" });
    expect(font.headers.get("content-encoding")).toBeNull();
  });

  test("answers HEAD as GET, without the body", async () => {
    const { get } = await startWith(build());
    const response = await get("/assets/index-a1.js", {}, "HEAD");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe(String(SCRIPT.length));
    expect(await response.text()).toBe("");
  });

  test.each(["/assets/gone.js", "/assets/link.js", "/gone.png", "/assets/index-a1.js.map"])(
    "has no %s, and says so with no page",
    async (path) => {
      const { get } = await startWith(build());
      const response = await get(path, NAVIGATION);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ detail: "Not Found", code: "not_found" });
    },
  );

  test.each([
    "/../secret.js",
    "/assets/../../secret.js",
    "/assets/%2e%2e/%2e%2e/secret.js",
    "/assets/..%2f..%2fsecret.js",
    "/assets//../../secret.js",
    "/assets/..\\..\\secret.js",
    "/%2e%2e%2fsecret.js",
    "//etc/passwd.txt",
  ])("never leaves its folder: %s", async (path) => {
    const { api } = await startWith(build());
    const { port } = await api.listen();
    const answer = rawRequest(port, { path, headers: { ...NAVIGATION, connection: "close" } });
    await answer.over;
    // Some of it is a page's address to us, whatever it looks like.
    expect(await answer.head).toMatch(/^HTTP\/1\.1 (200|400|401|404) /);
    expect(answer.body()).not.toContain("not for anybody");
  });

  test("is public only after the Host check, only for reading, and for nothing of the API", async () => {
    const { get } = await startWith(build());
    expect((await get("/", { ...NAVIGATION, host: "evil.example" })).status).toBe(403);
    expect((await get("/assets/index-a1.js", { host: "localhost." })).status).toBe(403);
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
      expect((await get("/", NAVIGATION, method)).status).toBe(401);
    const own = ROUTE_EXCEPTIONS.filter(({ lifts }) => lifts === "contract").map(({ path }) => path);
    const routes = [...Object.values(ENDPOINTS).map(({ path }) => routingPath(path)), ...own];
    for (const route of new Set(routes)) {
      const path = route.replaceAll(/:\w+/g, "x.js");
      const response = await get(path, NAVIGATION);
      expect([path, response.headers.get("content-security-policy")]).not.toEqual([
        path,
        expect.stringContaining("script-src 'self'; style-src 'self'; img-src 'self' data: blob:"),
      ]);
    }
    for (const path of ["/api", "/api/v1/nowhere", "/api/v1/x.png", "/docs/nowhere", "/openapi.json/x"])
      expect((await get(path, NAVIGATION)).status).toBe(401);
  });

  test("is not what a program gets that looks for something else", async () => {
    const { api, get } = await startWith(build());
    expect((await get("/nowhere", { accept: "*/*" })).status).toBe(401);
    expect((await get("/nowhere", { "sec-fetch-mode": "cors", accept: "text/html" })).status).toBe(401);
    expect((await api.fetch("/nowhere")).status).toBe(404);
  });

  test("is read anew when there is another build, and what was of the old one is gone with it", async () => {
    const directory = build();
    const { get } = await startWith(directory);
    expect((await get("/assets/index-a1.js")).status).toBe(200);
    rmSync(join(directory, "assets", "index-a1.js"));
    writeFileSync(join(directory, "assets", "index-c3.js"), "new");
    writeFileSync(join(directory, "index.html"), "a new one");
    utimesSync(join(directory, "index.html"), 1, 1);
    expect(await (await get("/", NAVIGATION)).text()).toBe("a new one");
    expect(await (await get("/assets/index-c3.js")).text()).toBe("new");
    expect((await get("/assets/index-a1.js")).status).toBe(404);
  });

  test("writes one quiet line per file", async () => {
    const { api, get } = await startWith(build());
    await get("/", NAVIGATION);
    await get("/assets/index-a1.js");
    expect(
      api.logLines
        .filter(({ route }) => route !== undefined)
        .map(({ level, route, status }) => ({ level, route, status })),
    ).toEqual([
      { level: "debug", route: "web page", status: 200 },
      { level: "debug", route: "web file", status: 200 },
    ]);
  });
});

describe("a web UI that was not built", () => {
  test("says so in both languages, without a script or a style", async () => {
    const { get } = await startWith(join(tmpdir(), "steward-web-that-is-not-there"));
    const response = await get("/", NAVIGATION);
    expect(response.status).toBe(503);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const html = await response.text();
    expect(html).toContain('<p lang="en">');
    expect(html).toContain('<p lang="zh">');
    expect(html).toContain("npm start");
    expect(html).not.toMatch(/<(script|style)|\s(style|on[a-z]+)=/);
    expect((await get("/assets/index.js")).status).toBe(404);
  });
});
