import { SEARCHED_KINDS } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json } from "./endpoint.ts";

export const EMBEDDING_PROBLEMS = [
  "unavailable",
  "refused",
  "bad_answer",
  "too_long",
  "wrong_dimension",
] as const;

const problemSchema = z.object({
  code: z
    .enum(EMBEDDING_PROBLEMS)
    .describe("wrong_dimension: its vectors have another length than those there are; reindex mends it"),
  message: z.string(),
});

const modelProgressSchema = z.object({
  model: z.string(),
  dims: z.int(),
  done: z
    .int()
    .describe("messages and memories with their vectors; an estimate while older ones are worked through"),
  total: z.int(),
  problem: problemSchema.nullable().describe("why nothing goes on at the moment"),
  failing: z.object({
    count: z.int().describe("texts that could not be embedded although others could; they are tried again"),
    first: z.array(
      z.object({
        kind: z.enum(SEARCHED_KINDS),
        ref: z.int(),
        attempts: z.int(),
        problem: z.string(),
        retryAt: z.int(),
      }),
    ),
  }),
});
export type ModelProgress = z.infer<typeof modelProgressSchema>;

export const searchStatusSchema = z.object({
  choice: z
    .enum(["configured", "looked_for", "off"])
    .describe("the owner has set an embedder; or one is looked for on this machine; or none is wanted"),
  embedder: z.string().nullable().describe("the one in use; null = none, so searches go by words alone"),
  problem: problemSchema.nullable().describe("why the embedder has not answered at all yet"),
  vectorsProblem: z.string().nullable().describe("why vectors cannot be stored"),
  active: modelProgressSchema.nullable().describe("what searches go by"),
  coming: modelProgressSchema.nullable().describe("what takes over when it is complete"),
});
export type SearchStatus = z.infer<typeof searchStatusSchema>;

export const getSearchStatus = defineEndpoint({
  method: "get",
  path: "/api/v1/search/status",
  tags: ["search"],
  summary: "Which embedding model searches go by, and how far it has come",
  responses: { 200: json(searchStatusSchema) },
});

/** Searches go by the old vectors until the new ones are there. */
export const reindexSearch = defineEndpoint({
  method: "post",
  path: "/api/v1/search/reindex",
  tags: ["search"],
  summary: "Embed everything anew",
  responses: { 202: json(searchStatusSchema) },
});
