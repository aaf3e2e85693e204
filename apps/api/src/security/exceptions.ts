import { ENDPOINTS, PUBLIC_PATHS } from "@steward/contract/endpoints";
import type { Context } from "hono";
import type { ApiEnv } from "../http/api-env.ts";
import { namesWebFile } from "../web/content-types.ts";

/**
 * Every way past a rule of the security front, in one table. Whoever opens another door adds its row here; the test
 * over all mounted routes fails otherwise.
 */
export interface RouteException {
  method: "GET" | "POST";
  /** As mounted, with `:name` parameters; `*` = every route of the contract with this method. */
  path: string;
  /** Which rule does not hold: proof by token, a JSON body, being an endpoint of the contract; or the first and the last. */
  lifts: "token" | "content_type" | "contract" | "token_and_contract";
  /** The content type it takes; null = no body at all; `*` = a file's bytes, of any type but a form's. */
  contentType: string | null;
  /** What proves who asks, or why nobody has to. */
  proof: string;
}

/** Where agents reach their tools (MCP). The one path that takes another proof than the token. */
export const AGENT_TOOLS_PATH = "/mcp";

const probe = (path: string): RouteException => ({
  method: "GET",
  path,
  lifts: "token",
  contentType: null,
  proof: "none needed: watchdogs and deploy scripts probe it, and it tells nothing about anybody",
});

const documentation = (path: string): RouteException => ({
  method: "GET",
  path,
  lifts: "contract",
  contentType: null,
  proof: "the token, in a browser as the password of the Basic prompt",
});

/** Where a browser is let in. */
const SIGN_IN_PATH = ENDPOINTS.signIn.path;

export const ROUTE_EXCEPTIONS: readonly RouteException[] = [
  ...PUBLIC_PATHS.map(probe),
  {
    method: "POST",
    path: SIGN_IN_PATH,
    lifts: "token",
    contentType: "application/json",
    proof: "a one-time code or the token in the body, and the browser's word that a page of ours asks",
  },
  {
    method: "POST",
    path: "*",
    lifts: "content_type",
    contentType: null,
    proof: "the token in a header: the MCP client posts without a body and without a content type",
  },
  {
    method: "POST",
    path: "/api/v1/files",
    lifts: "content_type",
    contentType: "*",
    proof:
      "the token in a header; the types that a page can make a browser send unasked (forms, text/plain) are refused",
  },
  {
    method: "POST",
    path: AGENT_TOOLS_PATH,
    lifts: "contract",
    contentType: null,
    proof: "the key of one session's process, which opens nothing else; or the token",
  },
  {
    method: "GET",
    path: "/*",
    lifts: "token_and_contract",
    contentType: null,
    proof:
      "none needed: files of the web UI, the same for everybody; whatever is below another route's first name is none",
  },
  documentation("/docs"),
  documentation("/docs/:file"),
  documentation("/openapi.json"),
];

const withoutToken = (method: RouteException["method"]): ReadonlySet<string> =>
  new Set(
    ROUTE_EXCEPTIONS.filter((row) => row.lifts === "token" && row.method === method).map(({ path }) => path),
  );

const READ_WITHOUT_TOKEN = withoutToken("GET");
const POSTED_WITHOUT_TOKEN = withoutToken("POST");

/** Whether a request needs no proof. Only for reading: the path alone does not open a door for other methods. */
export const isPublic = (method: string, path: string): boolean =>
  (method === "GET" || method === "HEAD") && READ_WITHOUT_TOKEN.has(path);

/** What has first names of its own: never the web UI, built or not. */
const OTHER_ROOTS = ["/api", "/docs", AGENT_TOOLS_PATH, "/openapi.json", ...PUBLIC_PATHS];

/**
 * Whether a request is for the web UI: for a file of its own, by its ending, or a browser opens a page. Answered before
 * any route is looked for.
 */
export function isWebUi(c: Context<ApiEnv>): boolean {
  const { method } = c.req.raw;
  const { path } = c.req;
  if (method !== "GET" && method !== "HEAD") return false;
  if (OTHER_ROOTS.some((root) => path === root || path.startsWith(`${root}/`))) return false;
  return namesWebFile(path) || navigates(c);
}

const navigates = (c: Context<ApiEnv>): boolean => {
  const mode = c.req.header("sec-fetch-mode");
  return mode === undefined ? c.req.header("accept")?.includes("text/html") === true : mode === "navigate";
};

/** Whether the proof is in the body, and the route's to judge. */
export const provesInBody = (method: string, path: string): boolean =>
  method === "POST" && POSTED_WITHOUT_TOKEN.has(path);

/** What a browser that is signed in may not do: it is the owner, but what it was let in by stays out of its reach. */
export const TOKEN_ONLY: readonly { method: "POST"; path: string; why: string }[] = [
  {
    method: "POST",
    path: ENDPOINTS.createWebCode.path,
    why: "whoever was let in lets no further browser in",
  },
  { method: "POST", path: AGENT_TOOLS_PATH, why: "the tools are for programs" },
];

/** Whether a browser's cookie opens it. */
export const takesCookie = (method: string, path: string): boolean =>
  !TOKEN_ONLY.some((row) => row.method === method && row.path === path.replace(/\/+$/, ""));

const UPLOADS = new Set(
  ROUTE_EXCEPTIONS.filter(({ contentType }) => contentType === "*").map(
    ({ method, path }) => `${method} ${path}`,
  ),
);

/** Whether the route reads its body by itself, as it comes. */
export const takesUpload = (method: string, path: string): boolean =>
  UPLOADS.has(`${method} ${path.replace(/\/+$/, "")}`);

/** Whether a session's own key opens it. */
export const takesAgentKey = (path: string): boolean => path === AGENT_TOOLS_PATH;

/** Where a browser is shown its password prompt. */
export const isDocumentation = (path: string): boolean =>
  path === "/docs" || path.startsWith("/docs/") || path === "/openapi.json";
