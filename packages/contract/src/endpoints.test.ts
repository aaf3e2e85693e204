import { describe, expect, test } from "vitest";
import type { Endpoint } from "./endpoint.ts";
import { ENDPOINTS, PUBLIC_PATHS } from "./endpoints.ts";
import { errorBodySchema } from "./errors.ts";

const all = Object.entries(ENDPOINTS);

test("no two endpoints share method and path", () => {
  const routes = all.map(([, { method, path }]) => `${method} ${path.replaceAll(/\{\w+\}/g, "{}")}`);
  expect(new Set(routes).size).toBe(routes.length);
});

test("new routes are below /api/v1; the others are the ancestor's and the probes", () => {
  const frozen = ["/api/gateway/", "/api/chat/", "/api/memory"];
  const others = all
    .map(([, { path }]) => path)
    .filter((path) => !path.startsWith("/api/v1/") && !frozen.some((prefix) => path.startsWith(prefix)));
  expect(others.sort()).toEqual([...PUBLIC_PATHS].sort());
});

test("every public path is a GET endpoint that changes nothing", () => {
  const methods = all.filter(([, { path }]) => PUBLIC_PATHS.includes(path)).map(([, { method }]) => method);
  expect(methods).toEqual(PUBLIC_PATHS.map(() => "get"));
});

describe.each(all)("%s", (_, endpoint) => {
  const record: Endpoint = endpoint;

  test("declares each parameter of its path", () => {
    const inPath = [...record.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    const params = record.request?.params;
    const declared =
      typeof params === "object" && params !== null && "shape" in params
        ? Object.keys(params.shape ?? {})
        : [];
    expect(declared.sort()).toEqual(inPath);
  });

  test("reads by GET and without a body", () => {
    if (record.method === "get") expect(record.request?.body).toBeUndefined();
  });

  test("has exactly one answer for success", () => {
    const codes = Object.keys(endpoint.responses).filter((code) => code.startsWith("2"));
    expect(codes).toHaveLength(1);
  });
});

test("an error body is one sentence or a list of problems, with a code", () => {
  const problem = { type: "missing", loc: ["body", "chat_id"], msg: "is required" };
  expect(errorBodySchema.safeParse({ detail: "Not Found", code: "not_found" }).success).toBe(true);
  expect(errorBodySchema.safeParse({ detail: [problem], code: "validation_failed" }).success).toBe(true);
  expect(errorBodySchema.safeParse({ detail: "Not Found" }).success).toBe(false);
});
