import { PUBLIC_PATHS } from "@steward/contract/endpoints";

/**
 * Every way past a rule of the security front, in one table. Whoever opens another door adds its row here; the test
 * over all mounted routes fails otherwise.
 */
export interface RouteException {
  method: "GET" | "POST";
  /** As mounted, with `:name` parameters; `*` = every route of the contract with this method. */
  path: string;
  /** Which rule does not hold: proof by token, a JSON body, or being an endpoint of the contract. */
  lifts: "token" | "content_type" | "contract";
  /** The content type it takes instead of JSON; null = no body at all; `*` = a file's bytes, of any type but a form's. */
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

export const ROUTE_EXCEPTIONS: readonly RouteException[] = [
  ...PUBLIC_PATHS.map(probe),
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
  documentation("/docs"),
  documentation("/docs/:file"),
  documentation("/openapi.json"),
];

const pathsLifting = (rule: RouteException["lifts"]): ReadonlySet<string> =>
  new Set(ROUTE_EXCEPTIONS.filter(({ lifts }) => lifts === rule).map(({ path }) => path));

const WITHOUT_TOKEN = pathsLifting("token");

/** Whether a request needs no token. Only for reading: the path alone does not open a door for other methods. */
export const isPublic = (method: string, path: string): boolean =>
  (method === "GET" || method === "HEAD") && WITHOUT_TOKEN.has(path);

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
