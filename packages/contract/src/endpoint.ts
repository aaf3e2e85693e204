import type { RouteConfig } from "@hono/zod-openapi";
import type { z } from "zod";

/** What every endpoint record is. */
export type Endpoint = RouteConfig;

/**
 * One HTTP endpoint as a plain object: method, path, request and response schemas. The API mounts it, the client
 * calls it, the OpenAPI document lists it; there is no second description anywhere.
 */
export const defineEndpoint = <const Record extends Endpoint>(endpoint: Record): Record => endpoint;

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

type JsonSchema<Part> = Part extends { content: { "application/json": { schema: infer Schema } } }
  ? Schema
  : never;
type EventSchema<Part> = Part extends { content: { "text/event-stream": { schema: infer Schema } } }
  ? Schema
  : never;
type Input<Schema> = Schema extends z.ZodType ? z.input<Schema> : never;
type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : never;

/** The schemas of a record's request, by part; a part the record does not have is absent. */
type RequestSchemas<Record extends Endpoint> = Record extends { request: infer Request }
  ? {
      [Part in keyof Request & ("params" | "query" | "headers" | "body")]: Part extends "body"
        ? JsonSchema<Request[Part]>
        : Request[Part];
    }
  : unknown;

/** A part may be left out when nothing in it is required. A body is required as its record says. */
type OptionalParts<Record extends Endpoint, Schemas> = {
  [Part in keyof Schemas]: Part extends "body"
    ? Record extends { request: { body: { required: true } } }
      ? never
      : Part
    : object extends Input<Schemas[Part]>
      ? Part
      : never;
}[keyof Schemas];

type Flat<Shape> = { [Key in keyof Shape]: Shape[Key] };

/** What a caller hands in: `{ params, query, headers, body }`, each as its schema takes it. */
export type EndpointInput<Record extends Endpoint, Schemas = RequestSchemas<Record>> = Flat<
  {
    [Part in Exclude<keyof Schemas, OptionalParts<Record, Schemas>>]: Input<Schemas[Part]>;
  } & { [Part in OptionalParts<Record, Schemas>]?: Input<Schemas[Part]> }
>;

/** What a handler gets: the same parts, parsed, defaults filled in. An optional body may be undefined. */
export type EndpointRequest<Record extends Endpoint, Schemas = RequestSchemas<Record>> = {
  [Part in keyof Schemas]:
    | Output<Schemas[Part]>
    | (Part extends "body" & OptionalParts<Record, Schemas> ? undefined : never);
};

type SuccessPart<Record extends Endpoint> = Record["responses"][keyof Record["responses"] &
  (200 | 201 | 202)];

/** The JSON answer of a call that went well. */
export type EndpointResult<Record extends Endpoint> = Output<JsonSchema<SuccessPart<Record>>>;

/** One event of an endpoint that answers with a stream. */
export type EndpointEvent<Record extends Endpoint> = Output<EventSchema<SuccessPart<Record>>>;
