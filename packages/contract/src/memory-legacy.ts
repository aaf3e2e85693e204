import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { botIdSchema, repeatableHeaders } from "./ids.ts";
import { memoryCategorySchema, memoryContentSchema, memoryKeySchema } from "./memory-records.ts";
import { distanceSchema, limitSchema, modeSchema, querySchema } from "./search.ts";

/** The ancestor's memory endpoints, frozen: what is kept for a bot. Times are ISO 8601 with microseconds and `+00:00`. */
export const memoryRowSchema = z.object({
  id: z.int(),
  key: z.string(),
  content: z.string(),
  category: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  bot_id: z.string(),
});
export type MemoryRow = z.infer<typeof memoryRowSchema>;

const params = z.object({ id: z.coerce.number().int() });

export const legacyListMemories = defineEndpoint({
  method: "get",
  path: "/api/memory",
  tags: ["memory"],
  summary: "A bot's memories, the latest change first",
  request: { query: z.object({ category: z.string().optional(), bot_id: botIdSchema.default("default") }) },
  responses: { 200: json(z.array(memoryRowSchema)) },
});

export const legacyAddMemory = defineEndpoint({
  method: "post",
  path: "/api/memory",
  tags: ["memory"],
  summary: "Remember something for a bot",
  request: {
    headers: repeatableHeaders,
    body: jsonBody(
      z.object({
        key: memoryKeySchema,
        content: memoryContentSchema,
        category: memoryCategorySchema.default("general"),
        bot_id: botIdSchema.default("default"),
      }),
    ),
  },
  responses: { 201: json(z.object({ id: z.int() })) },
});

export const legacyUpdateMemory = defineEndpoint({
  method: "put",
  path: "/api/memory/{id}",
  tags: ["memory"],
  summary: "Change a memory",
  request: {
    params,
    body: jsonBody(
      z.object({ content: memoryContentSchema.nullish(), category: memoryCategorySchema.nullish() }),
    ),
  },
  responses: { 200: json(memoryRowSchema) },
});

/** Also for an unknown id. */
export const legacyDeleteMemory = defineEndpoint({
  method: "delete",
  path: "/api/memory/{id}",
  tags: ["memory"],
  summary: "Forget a memory",
  request: { params },
  responses: { 200: json(z.object({ deleted: z.literal(true) })) },
});

/** Nearest first; `score` and `mode` are new. Answers without an embedder, too. */
export const legacySearchMemories = defineEndpoint({
  method: "get",
  path: "/api/memory/search",
  tags: ["memory"],
  summary: "A bot's memories by meaning or words, best first",
  request: {
    query: z.object({
      q: querySchema,
      limit: limitSchema.default(10),
      bot_id: botIdSchema.default("default"),
    }),
  },
  responses: {
    200: json(
      z.array(
        memoryRowSchema.omit({ updated_at: true }).extend({
          distance: distanceSchema,
          score: z.number().describe("the higher the better, within this answer"),
          mode: modeSchema,
        }),
      ),
    ),
  },
});
