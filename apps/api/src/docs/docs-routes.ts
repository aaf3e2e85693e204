import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Hono } from "hono";
import type { ApiEnv } from "../http/api-env.ts";
import { refuse } from "../http/error-response.ts";
import { PAGE_SECURITY_POLICY } from "../security/response-headers.ts";
import { buildOpenApiDocument } from "./openapi.ts";

const require = createRequire(import.meta.url);

/** The page's own files, each by its content type. Nothing is loaded from elsewhere, and no script stands inline. */
const FILES: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
};

/** @param folder where the page's files are, seen from the page: a path prefix and a trailing slash may come before. */
const page = (folder: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Steward API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="${folder}swagger-ui.css">
  </head>
  <body>
    <div id="page"></div>
    <script src="${folder}swagger-ui-bundle.js"></script>
    <script src="${folder}page.js"></script>
  </body>
</html>
`;

/** The browser sends the credentials of its password prompt along by itself. */
const SCRIPT = `const url = new URL("../openapi.json", document.currentScript.src).href;
window.addEventListener("load", () => {
  SwaggerUIBundle({ url, dom_id: "#page", deepLinking: true, validatorUrl: null });
});
`;

/** The OpenAPI document and a page to read it by. Behind the token like everything else. */
export function mountDocs(app: Hono<ApiEnv>, deps: { version: string }): void {
  let document: Promise<object> | undefined;
  app.get("/openapi.json", async (c) => {
    c.set("route", "/openapi.json");
    document ??= buildOpenApiDocument(deps.version);
    return c.json(await document);
  });
  app.get("/docs", (c) => {
    c.set("route", "/docs");
    const folder = new URL(c.req.url).pathname.endsWith("/") ? "" : "docs/";
    return c.body(page(folder), 200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": PAGE_SECURITY_POLICY,
    });
  });
  app.get("/docs/:file", async (c) => {
    c.set("route", "/docs/{file}");
    const file = c.req.param("file");
    if (file === "page.js") return c.body(SCRIPT, 200, { "content-type": "text/javascript; charset=utf-8" });
    const contentType = FILES[file];
    if (contentType === undefined) return refuse("not_found", "Not Found");
    const folder = dirname(require.resolve("swagger-ui-dist/package.json"));
    return c.body(await readFile(join(folder, file), "utf8"), 200, { "content-type": contentType });
  });
}
