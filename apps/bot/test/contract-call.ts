import { ENDPOINTS } from "@steward/contract/endpoints";
import type { z } from "zod";

/** Endpoint names that a test's API answers. */
export type EndpointName = keyof typeof ENDPOINTS;

export interface Route {
  name: EndpointName;
  method: string;
  pattern: RegExp;
  names: string[];
}

/** What a request says, as it was sent; the contract has nothing against it. */
export interface ContractCall {
  params: Record<string, string>;
  query: Record<string, string>;
  body: unknown;
}

const ROUTES: Route[] = Object.entries(ENDPOINTS).map(([name, endpoint]) => ({
  name: name as EndpointName,
  method: endpoint.method,
  pattern: new RegExp(`^${endpoint.path.replace(/\{\w+\}/g, "([^/]+)")}$`),
  names: [...endpoint.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ""),
}));

export const routeOf = (method: string | undefined, pathname: string): Route | undefined =>
  ROUTES.find((route) => route.method === method?.toLowerCase() && route.pattern.test(pathname));

/**
 * Holds a request to the contract: each part to its schema, and no field that the schema does not know, which the real
 * API would drop in silence.
 *
 * @throws ZodError, or Error for a field that the contract does not have
 */
export function readContractCall(
  route: Route,
  request: { url: URL; headers: Record<string, string | string[] | undefined>; text: string },
): ContractCall {
  const schemas = requestSchemas(ENDPOINTS[route.name]);
  const params = paramsOf(route, request.url.pathname);
  const query = Object.fromEntries(request.url.searchParams);
  schemas.params?.parse(params);
  schemas.headers?.parse(request.headers);
  assertKnown("query", query, schemas.query?.parse(query) ?? {});
  const json = schemas.body?.content["application/json"];
  if (json === undefined) return { params, query, body: undefined };
  const sent: unknown = JSON.parse(request.text);
  const body = json.schema.parse(sent);
  assertKnown("body", sent, body);
  return { params, query, body };
}

/** @throws ZodError when it is no such answer */
export function readContractAnswer(route: Route, value: unknown): { status: number; body: unknown } {
  const { responses } = ENDPOINTS[route.name] as {
    responses: Record<string, { content: { "application/json"?: { schema: z.ZodType } } }>;
  };
  const [[status, success] = ["200", null] as const] = Object.entries(responses);
  const schema = success?.content["application/json"]?.schema;
  return { status: Number(status), body: schema === undefined ? value : schema.parse(value) };
}

const paramsOf = (route: Route, pathname: string): Record<string, string> => {
  const values = route.pattern.exec(pathname) ?? [];
  return Object.fromEntries(
    route.names.map((name, index) => [name, decodeURIComponent(values[index + 1] ?? "")]),
  );
};

interface RequestSchemas {
  params?: z.ZodType;
  query?: z.ZodType;
  headers?: z.ZodType;
  body?: { content: { "application/json"?: { schema: z.ZodType } } };
}

const requestSchemas = (endpoint: object): RequestSchemas =>
  (endpoint as { request?: RequestSchemas }).request ?? {};

function assertKnown(part: string, sent: unknown, parsed: unknown): void {
  if (!isRecord(sent) || !isRecord(parsed)) return;
  const unknown = Object.keys(sent).filter((name) => !(name in parsed));
  if (unknown.length > 0) throw new Error(`the contract knows no ${part} field ${unknown.join(", ")}`);
}

const isRecord = (value: unknown): value is object => typeof value === "object" && value !== null;
