import { MESSAGE_ROLES } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json } from "./endpoint.ts";
import { botIdSchema, chatIdSchema, threadIdSchema, turnIdSchema } from "./ids.ts";
import { memorySchema } from "./memory-records.ts";

/** A letter is no question; a page of one is more than enough. */
const LONGEST_QUERY = 4_000;
export const querySchema = z.string().min(1).max(LONGEST_QUERY);
export const limitSchema = z.coerce.number().int().min(1).max(100);
export const modeSchema = z
  .enum(["semantic", "lexical"])
  .describe("by what it was found: by its meaning, or by its words (keywords and slips of the pen)");
const degradedSchema = z.enum([
  "no_embedder",
  "embedder_unavailable",
  "embedding_pending",
  "vectors_unavailable",
  "timed_out",
]);
export const distanceSchema = z
  .number()
  .nullable()
  .describe("cosine distance, 0 to 2; null where no vector was compared");
const snippetSchema = z.object({
  text: z.string(),
  marks: z
    .array(z.tuple([z.int(), z.int()]))
    .describe("where in the text the words stand, [from, to) in UTF-16 units, in order"),
});

/** How an answer was found: said for empty ones, too. */
export const SEARCH_MODE_HEADER = "Steward-Search-Mode";
/** Comma-separated; absent when nothing was left out. */
export const SEARCH_DEGRADED_HEADER = "Steward-Search-Degraded";

export const chatSearchRowSchema = z.object({
  id: z.int(),
  session_id: z.string(),
  bot_id: z.string(),
  role: z.enum(MESSAGE_ROLES),
  content: z.string(),
  source: z.string(),
  created_at: z.string(),
  distance: distanceSchema,
  score: z.number().describe("the higher the better, within this answer"),
  mode: modeSchema,
});

/** The ancestor's search, frozen; `score` and `mode` are new. Answers without an embedder, too. */
export const searchChatHistory = defineEndpoint({
  method: "get",
  path: "/api/chat/search",
  tags: ["chat"],
  summary: "Messages by meaning or words, best first",
  request: {
    query: z.object({ q: querySchema, limit: limitSchema.default(10), bot_id: botIdSchema.optional() }),
  },
  responses: { 200: json(z.array(chatSearchRowSchema)) },
});

const foundSchema = { score: z.number(), mode: modeSchema, distance: distanceSchema, snippet: snippetSchema };

export const foundMessageSchema = z.object({
  kind: z.literal("message"),
  id: z.int(),
  sessionId: z.string(),
  botId: z.string(),
  role: z.enum(MESSAGE_ROLES),
  source: z.string(),
  userName: z.string().nullable(),
  turnId: turnIdSchema.nullable(),
  createdAt: z.int(),
  ...foundSchema,
});

export const foundMemorySchema = z.object({
  kind: z.literal("memory"),
  id: z.int(),
  ...foundSchema,
  memory: memorySchema.describe("as it stands now"),
});

export const searchAnswerSchema = z.object({
  messages: z.array(foundMessageSchema),
  memories: z.array(foundMemorySchema),
  mode: modeSchema,
  degraded: z.array(degradedSchema),
});
export type SearchAnswerBody = z.infer<typeof searchAnswerSchema>;

/** Everything that was said and is remembered. */
export const searchEverything = defineEndpoint({
  method: "get",
  path: "/api/v1/search",
  tags: ["search"],
  summary: "Messages and memories, best first, with the words marked",
  request: {
    query: z
      .object({
        q: querySchema,
        in: z.enum(["messages", "memories", "all"]).default("all"),
        limit: limitSchema.default(20).describe("of each kind"),
        botId: botIdSchema.optional(),
        chatId: chatIdSchema.optional().describe("with its topics; needs botId"),
        threadId: threadIdSchema.optional().describe("one topic, or empty for what is in none; needs chatId"),
        role: z.enum(MESSAGE_ROLES).optional(),
        source: z.string().min(1).max(64).optional(),
        from: z.coerce.number().int().min(0).optional().describe("UTC ms, inclusive; messages alone"),
        to: z.coerce.number().int().min(0).optional().describe("UTC ms, exclusive; messages alone"),
        category: z.string().min(1).max(64).optional().describe("of memories"),
      })
      .refine(({ botId, chatId }) => chatId === undefined || botId !== undefined, {
        message: "chatId needs botId",
        path: ["chatId"],
      })
      .refine(({ chatId, threadId }) => threadId === undefined || chatId !== undefined, {
        message: "threadId needs chatId",
        path: ["threadId"],
      }),
  },
  responses: { 200: json(searchAnswerSchema) },
});
