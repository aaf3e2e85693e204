import { translate } from "@steward/contract/messages";
import type { Context, MiddlewareHandler } from "hono";
import type { ApiEnv } from "../http/api-env.ts";
import { refuse } from "../http/error-response.ts";
import { isWebUi } from "../security/exceptions.ts";
import { WEB_UI_HEADERS } from "../security/response-headers.ts";
import { namesWebFile } from "./content-types.ts";
import { createWebBuild, type Encoding, type WebFile } from "./web-build.ts";

const YEAR_S = 31_536_000;

/**
 * The web UI's files, for whoever passed the Host check: they are the same for everybody. A page's address is no file
 * (`/sessions/…`): whatever a browser opens is answered with the index, which finds its way by itself.
 *
 * @param directory where the build lies, or will
 */
export function createWebUi(directory: string): MiddlewareHandler<ApiEnv> {
  const currentBuild = createWebBuild(directory);
  return async (c, next) => {
    if (!isWebUi(c)) return next();
    const { path } = c.req;
    const isFile = namesWebFile(path);
    c.set("route", isFile ? "web file" : "web page");
    const files = await currentBuild();
    if (isFile) {
      const file = files?.get(path);
      return file ? send(c, file) : refuse("not_found", "Not Found");
    }
    const index = files?.get("/index.html");
    return index ? send(c, index) : notBuilt();
  };
}

async function send(c: Context<ApiEnv>, file: WebFile): Promise<Response> {
  const headers = {
    ...WEB_UI_HEADERS,
    etag: file.etag,
    "cache-control": file.isHashed ? `public, max-age=${YEAR_S}, immutable` : "no-cache",
    ...(file.isCompressible && { vary: "accept-encoding" }),
  };
  if (isKnown(c.req.header("if-none-match"), file.etag)) return new Response(null, { status: 304, headers });
  const encoding = file.isCompressible ? bestEncoding(c.req.header("accept-encoding")) : "identity";
  const body = await file.body(encoding);
  return new Response(body, {
    headers: {
      ...headers,
      "content-type": file.contentType,
      "content-length": String(body.byteLength),
      ...(encoding !== "identity" && { "content-encoding": encoding }),
    },
  });
}

const isKnown = (header: string | undefined, etag: string): boolean =>
  header?.split(",").some((each) => each.trim() === etag || each.trim() === etag.slice(2)) === true;

function bestEncoding(accepted = ""): Encoding {
  const names = accepted
    .split(",")
    .map((each) => each.toLowerCase().replaceAll(/\s/g, ""))
    .filter((each) => !/;q=0(\.0*)?$/.test(each))
    .map((each) => each.replace(/;.*$/, ""));
  if (names.includes("br")) return "br";
  return names.includes("gzip") ? "gzip" : "identity";
}

function notBuilt(): Response {
  const paragraphs = (["en", "zh"] as const).map(
    (language) => `    <p lang="${language}">${escapeHtml(translate(language, "web.not_built"))}</p>`,
  );
  const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Steward</title>
    <link rel="icon" href="data:,">
  </head>
  <body>
    <h1>Steward</h1>
${paragraphs.join("\n")}
  </body>
</html>
`;
  return new Response(html, {
    status: 503,
    headers: { ...WEB_UI_HEADERS, "content-type": "text/html; charset=utf-8" },
  });
}

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
