import { ENDPOINTS } from "@steward/contract/endpoints";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mountedRoutes } from "../src/http/app.ts";
import { routingPath } from "../src/http/mount.ts";
import {
  isPublic,
  provesInBody,
  ROUTE_EXCEPTIONS,
  takesCookie,
  takesUpload,
} from "../src/security/exceptions.ts";
import { bodyLimitBytes } from "../src/security/request-body.ts";
import { type ApiFixture, asBrowser, createApiFixture, HOST, openApiFixture, TOKEN } from "./api-fixture.ts";

interface Route {
  method: string;
  path: string;
}

/** A path that the route's pattern matches and its schemas accept. */
const concrete = (path: string): string =>
  path
    .replace(":turnId", "0190a5b0-7c3e-7000-8000-000000000001")
    .replace(":deliveryId", "0190a5b0-7c3e-7000-8000-000000000001")
    .replace(":conversationId", "0190a5b0-7c3e-7000-8000-000000000001")
    .replace(":fileId", "0190a5b0-7c3e-7000-8000-000000000001")
    .replace(":archiveId", "0190a5b0-7c3e-7000-8000-000000000001")
    .replace(":file", "page.js")
    .replaceAll(/:\w+/g, "1");

const declared: Route[] = [
  ...Object.values(ENDPOINTS).map(({ method, path }) => ({
    method: method.toUpperCase(),
    path: routingPath(path),
  })),
  ...ROUTE_EXCEPTIONS.filter(({ lifts }) => lifts === "contract").map(({ method, path }) => ({
    method,
    path,
  })),
];
const name = ({ method, path }: Route): string => `${method} ${path}`;
const isOpen = ({ method, path }: Route): boolean => isPublic(method, path);
const signsIn = ({ method, path }: Route): boolean => provesInBody(method, path);

describe("the mounted routes", () => {
  test("are exactly the contract's and those of the exceptions table", async () => {
    const { app } = await createApiFixture();
    expect(mountedRoutes(app).map(name).sort()).toEqual(declared.map(name).sort());
  });

  test("have no way past the token but the four probes, and the one where a browser is let in", () => {
    expect(declared.filter(isOpen).map(name).sort()).toEqual([
      "GET /api/health",
      "GET /health",
      "GET /healthz",
      "GET /readyz",
    ]);
    expect(declared.filter(signsIn).map(name)).toEqual(["POST /api/v1/web/session"]);
    const besides = ROUTE_EXCEPTIONS.filter(({ lifts }) => lifts === "token_and_contract");
    // The files of the web UI, which have their own tests.
    expect(besides.map(name)).toEqual(["GET /*"]);
  });

  test("are open to a browser that is signed in, but for the links that sign in and the tools of agents", () => {
    const closed = declared.filter((route) => !isOpen(route) && !takesCookie(route.method, route.path));
    expect(closed.map(name).sort()).toEqual(["POST /api/v1/web/codes", "POST /mcp"]);
  });
});

/** Sends a request and returns what came, reading no stream to its end. */
const send = async (
  api: ApiFixture,
  { method, path }: Route,
  headers: Record<string, string | undefined>,
  body?: string,
): Promise<{ status: number; body: unknown }> => {
  const sent = Object.fromEntries(
    Object.entries({ host: HOST, authorization: `Bearer ${TOKEN}`, ...headers }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
  const response = await api.app.request(`http://${HOST}${concrete(path)}`, {
    method,
    headers: sent,
    ...(body === undefined ? {} : { body }),
  });
  const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
  if (!isJson || response.status === 200) {
    await response.body?.cancel();
    return { status: response.status, body: null };
  }
  return { status: response.status, body: await response.json() };
};

/** What a page of ours says of itself, and a program need not. */
const OURS = { "sec-fetch-site": "same-origin" };
const writes = ({ method }: Route): boolean => method !== "GET";
/** Reads its body by itself, whatever its type but a form's; its limits are tested with files. */
const takesFile = ({ method, path }: Route): boolean => takesUpload(method, path);
const takesBody = (route: Route): boolean =>
  Object.values(ENDPOINTS).some(
    (endpoint) =>
      endpoint.method.toUpperCase() === route.method &&
      routingPath(endpoint.path) === route.path &&
      "request" in endpoint &&
      "body" in endpoint.request,
  );

describe.each(declared)("$method $path", (route) => {
  const refusals: [string, number, string, Record<string, string | undefined>][] = [
    ["a foreign Host", 403, "host_not_allowed", { host: "evil.example" }],
    [
      "a foreign Host and no token",
      403,
      "host_not_allowed",
      { host: "localhost.", authorization: undefined },
    ],
    ["no token", 401, "unauthorized", { authorization: undefined }],
    ["a wrong token", 401, "unauthorized", { authorization: "Bearer wrong" }],
    ["an Origin of another page", 403, "origin_not_allowed", { origin: "http://evil.example" }],
    ["an Origin of another local port", 403, "origin_not_allowed", { origin: "http://127.0.0.1:3000" }],
    ["a cross-site fetch", 403, "origin_not_allowed", { "sec-fetch-site": "cross-site" }],
    ["a same-site fetch", 403, "origin_not_allowed", { "sec-fetch-site": "same-site" }],
  ];

  let api: Awaited<ReturnType<typeof openApiFixture>>;
  beforeAll(async () => {
    api = await openApiFixture();
  });
  afterAll(() => api.close());

  test.each(refusals)("with %s", async (_, status, code, headers) => {
    const answer = await send(api, route, headers);
    if (isOpen(route) && code !== "host_not_allowed") expect(answer.status).toBe(200);
    else if (signsIn(route) && code === "unauthorized")
      expect(answer).toMatchObject({ status: 403, body: { code: "browser_unclear" } });
    else expect(answer).toEqual({ status, body: { detail: expect.any(String), code } });
  });

  const fromElsewhere: [string, string, Record<string, string | undefined>][] = [
    ["a browser that does not say so", "browser_unclear", { "sec-fetch-site": undefined }],
    ["another site", "origin_not_allowed", { "sec-fetch-site": "cross-site" }],
    ["another local port", "origin_not_allowed", { "sec-fetch-site": "same-site" }],
    [
      "another site, by its Origin alone",
      "origin_not_allowed",
      { "sec-fetch-site": undefined, origin: "http://evil.example" },
    ],
    ["a page without an origin", "origin_not_allowed", { origin: "null" }],
  ];
  test.each(fromElsewhere)("with the cookie of a signed-in browser, from %s", async (_, code, headers) => {
    const answer = await send(api, route, { authorization: undefined, ...asBrowser(api), ...headers });
    if (isOpen(route)) expect(answer.status).toBe(200);
    else if (!takesCookie(route.method, route.path))
      expect(answer).toMatchObject({ status: 403, body: { code: "forbidden" } });
    else expect(answer).toMatchObject({ status: 403, body: { code } });
  });

  test("with the cookie of a signed-in browser, from a page of ours", async () => {
    const headers = { authorization: undefined, ...asBrowser(api) };
    if (!takesCookie(route.method, route.path)) {
      for (const ending of ["", "/", "//"]) {
        const answer = await send(api, { ...route, path: `${route.path}${ending}` }, headers);
        expect(answer).toMatchObject({ status: 403, body: { code: "forbidden" } });
      }
    } else if (writes(route)) {
      // Refused only after it is known who asks, and so nothing is done.
      const answer = await send(
        api,
        route,
        { ...headers, "content-type": "text/plain", "content-length": "2" },
        "{}",
      );
      expect(answer).toMatchObject({ status: 415, body: { code: "unsupported_media_type" } });
    }
  });

  test.each([
    ["a cookie that nobody has", { cookie: "steward-8000=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }],
    ["the cookie of another port", { cookie: "steward-8001=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }],
    ["a wrong token beside a cookie", { authorization: "Bearer wrong" }],
  ])("with %s", async (_, headers) => {
    const answer = await send(api, route, { authorization: undefined, ...asBrowser(api), ...headers });
    if (isOpen(route)) expect(answer.status).toBe(200);
    else if (signsIn(route))
      expect(answer).toMatchObject({ status: 422, body: { code: "validation_failed" } });
    else if (!takesCookie(route.method, route.path)) expect([401, 403]).toContain(answer.status);
    else expect(answer).toMatchObject({ status: 401, body: { code: "unauthorized" } });
  });

  if (writes(route)) {
    test.each([
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      ...(takesFile(route) ? ["nonsense"] : ["application/jsonp"]),
      undefined,
    ])("with a body of content type %s", async (contentType) => {
      const answer = await send(
        api,
        route,
        { ...OURS, "content-type": contentType, "content-length": "2" },
        "{}",
      );
      expect(answer).toMatchObject({ status: 415, body: { code: "unsupported_media_type" } });
    });

    if (!takesFile(route)) {
      test("with a body that is too large, announced or not", async () => {
        const limit = bodyLimitBytes(concrete(route.path));
        const headers = { ...OURS, "content-type": "application/json" };
        const announced = await send(api, route, { ...headers, "content-length": String(limit + 1) }, "{}");
        expect(announced).toMatchObject({ status: 413, body: { code: "payload_too_large" } });
        const unannounced = await send(api, route, headers, " ".repeat(limit + 1));
        expect(unannounced).toMatchObject({ status: 413, body: { code: "payload_too_large" } });
      });
    }
  }

  if (takesBody(route)) {
    test.each(['{"chat_id":', "", "nonsense", "[1]", "null", "7"])(
      "with the malformed body %j",
      async (body) => {
        const answer = await send(
          api,
          route,
          { ...OURS, "content-type": "application/json", "content-length": "9" },
          body,
        );
        expect(answer).toMatchObject({ status: 422, body: { code: "validation_failed" } });
      },
    );
  }

  test("has done nothing after all of that", () => {
    const { bots, access, gateway, history } = api.core;
    const traces = [
      bots.list(),
      access.list(),
      access.listRequests(),
      gateway.sessions(),
      history.sessions(),
    ];
    expect(traces).toEqual([[], [], [], [], []]);
    expect(api.driver.launches).toEqual([]);
  });

  if (!writes(route)) {
    // The last: some start something to find out what they are asked.
    test("answers a browser that is signed in", async () => {
      const { status } = await send(api, route, { authorization: undefined, ...asBrowser(api) });
      expect([200, 204, 404, 422]).toContain(status);
    });
  }
});

describe("a browser's password prompt", () => {
  test.each([
    ["/docs", "navigate", "Basic"],
    ["/openapi.json", undefined, "Basic"],
    ["/docs", "cors", "Bearer"],
    ["/api/v1/system", "navigate", "Bearer"],
    ["/docs/nowhere", "cors", "Bearer"],
  ])("%s in mode %s is challenged with %s", async (path, mode, scheme) => {
    const { app } = await createApiFixture();
    const response = await app.request(`http://${HOST}${path}`, {
      headers: { host: HOST, ...(mode === undefined ? {} : { "sec-fetch-mode": mode }) },
    });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toMatch(new RegExp(`^${scheme} `));
  });
});

test("wrong tokens are limited, the right one goes on working, and each refusal is in the log", async () => {
  const api = await createApiFixture();
  const route = { method: "GET", path: "/api/v1/bots" };
  const statuses: number[] = [];
  for (let n = 0; n < 40; n++) {
    statuses.push((await send(api, route, { authorization: `Bearer guess-${n}` })).status);
  }
  expect(new Set(statuses.slice(0, 20))).toEqual(new Set([401]));
  expect(new Set(statuses.slice(20))).toEqual(new Set([429]));
  expect((await send(api, route, {})).status).toBe(200);
  expect(api.logLines.filter(({ level }) => level === "warn")).toHaveLength(40);
});
