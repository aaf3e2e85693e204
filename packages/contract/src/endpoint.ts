import type { RouteConfig } from "@hono/zod-openapi";
import type { z } from "zod";

/**
 * One HTTP endpoint as a plain object: method, path, request and response schemas. The API mounts it, the client
 * calls it, the OpenAPI document lists it; there is no second description anywhere.
 */
export const defineEndpoint = <const Endpoint extends RouteConfig>(endpoint: Endpoint): Endpoint => endpoint;

/** Shorthand for a JSON body or answer in an endpoint record. */
export const json = <Schema extends z.ZodType>(schema: Schema, description = "") => ({
  description,
  content: { "application/json": { schema } },
});

/** Shorthand for a required JSON request body. */
export const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true as const,
  content: { "application/json": { schema } },
});

/** An endless answer of server-sent events. The schema documents one event's `data`. */
export const eventStream = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { "text/event-stream": { schema } },
});
