import { MEMORY_ORIGINS, MEMORY_STATES } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { botIdSchema, chatIdSchema, repeatableHeaders } from "./ids.ts";
import { MEMORY_LIMITS } from "./memory-limits.ts";
import {
  memoryCategorySchema,
  memoryContentSchema,
  memoryExpirySchema,
  memoryKeySchema,
} from "./memory-records.ts";

/** What a file of memories holds: nothing of ids, so that it can be taken in elsewhere. */
const exportedMemorySchema = z.object({
  botId: z.union([z.literal(""), botIdSchema]).default(""),
  chatId: z.union([z.literal(""), chatIdSchema]).default(""),
  key: memoryKeySchema,
  content: memoryContentSchema,
  category: memoryCategorySchema.default("general"),
  state: z.enum(MEMORY_STATES).default("accepted"),
  pinned: z.boolean().default(false),
  expiresAt: memoryExpirySchema.default(null),
  origin: z.enum(MEMORY_ORIGINS).optional(),
  sourceUserName: z.string().nullish(),
  createdAt: z.int().optional(),
  updatedAt: z.int().optional(),
});

const fileOf = <Memories extends z.ZodType>(memories: Memories) =>
  z.object({ format: z.literal("steward-memories-1"), memories });
/** One that is taken in. All that there is may be more: then it comes bot by bot. */
export const memoryFileSchema = fileOf(z.array(exportedMemorySchema).max(MEMORY_LIMITS.perBot));
export type MemoryFile = z.infer<typeof memoryFileSchema>;

const ofBot = {
  check: ({ botId, chatId }: { botId?: unknown; chatId?: unknown }) =>
    chatId === undefined || botId !== undefined,
  problem: { message: "chatId needs botId", path: ["chatId"] },
};

export const exportMemories = defineEndpoint({
  method: "get",
  path: "/api/v1/memory-export",
  tags: ["memory"],
  summary: "All memories, of a bot or a chat, as a file",
  request: {
    query: z
      .object({
        botId: botIdSchema.optional(),
        chatId: chatIdSchema.optional().describe("with `botId`: this chat's own"),
      })
      .refine(ofBot.check, ofBot.problem),
  },
  responses: { 200: json(fileOf(z.array(exportedMemorySchema))) },
});

/** All of it, or nothing. A key that is taken: the file's one is left out (`skip`), or takes its place (`replace`). */
export const importMemories = defineEndpoint({
  method: "post",
  path: "/api/v1/memory-import",
  tags: ["memory"],
  summary: "Take in a file of memories",
  request: {
    headers: repeatableHeaders,
    body: jsonBody(
      memoryFileSchema
        .extend({
          onTaken: z.enum(["skip", "replace"]).default("skip"),
          botId: botIdSchema.optional().describe("all of it for this bot, whatever the file says"),
          chatId: chatIdSchema.optional().describe("with `botId`: all of it for this chat"),
        })
        .refine(ofBot.check, ofBot.problem),
    ),
  },
  responses: { 200: json(z.object({ added: z.int(), replaced: z.int(), skipped: z.int() })) },
});
