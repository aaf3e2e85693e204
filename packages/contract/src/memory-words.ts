import { LANGUAGES } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import {
  botIdSchema,
  chatIdSchema,
  repeatableHeaders,
  threadIdSchema,
  turnIdSchema,
  userIdSchema,
} from "./ids.ts";
import { MEMORY_LIMITS } from "./memory-limits.ts";
import { memoryChangeIdSchema, memoryChangeSchema, memorySchema } from "./memory-records.ts";

const inChat = {
  botId: botIdSchema,
  chatId: chatIdSchema,
  threadId: threadIdSchema.default(""),
  userId: userIdSchema.optional(),
  userName: z.string().max(256).nullable().default(null),
};

/**
 * A person's words, as they wrote them: `key: text`, or a text whose first words become the key. A key that is taken makes
 * it a proposal beside the memory that has it, which is answered as `existing`.
 */
export const rememberText = defineEndpoint({
  method: "post",
  path: "/api/v1/memories/remember",
  tags: ["memory"],
  summary: "Remember a person's words for a chat",
  request: {
    headers: repeatableHeaders,
    body: jsonBody(
      z.object({
        ...inChat,
        text: z
          .string()
          .trim()
          .min(1)
          .max(MEMORY_LIMITS.content + MEMORY_LIMITS.key),
        messageId: z.int().nullable().default(null).describe("of the front end: the message that says it"),
      }),
    ),
  },
  responses: {
    200: json(
      z.object({
        outcome: z.enum(["remembered", "known", "proposed"]),
        memory: memorySchema,
        change: memoryChangeSchema.nullable(),
        existing: memorySchema.nullable(),
      }),
    ),
  },
});

/** By its number, its key, or words that it holds. Several that fit are answered, and none is forgotten. */
export const forgetText = defineEndpoint({
  method: "post",
  path: "/api/v1/memories/forget",
  tags: ["memory"],
  summary: "Forget what a person's words name, if that is clear",
  request: {
    headers: repeatableHeaders,
    body: jsonBody(z.object({ ...inChat, text: z.string().trim().min(1).max(MEMORY_LIMITS.content) })),
  },
  responses: {
    200: json(
      z.object({
        outcome: z.enum(["forgotten", "several", "none"]),
        change: memoryChangeSchema.nullable(),
        candidates: z.array(memorySchema).describe("the ten that fit best"),
      }),
    ),
  },
});

/** What a message of a person's said at once is taken back, and the message becomes a turn: once. */
export const askInstead = defineEndpoint({
  method: "post",
  path: "/api/v1/memory-changes/{changeId}/ask",
  tags: ["memory"],
  summary: "Give the message to the agent instead",
  request: {
    headers: repeatableHeaders,
    params: z.object({ changeId: memoryChangeIdSchema }),
    body: jsonBody(
      z.object({
        botId: botIdSchema,
        chatId: chatIdSchema,
        threadId: threadIdSchema.default(""),
        userId: userIdSchema,
        userName: z.string().max(256).nullable().default(null),
        language: z.enum(LANGUAGES).default("en"),
        messageId: z.int().positive().describe("of the history: the message that said it"),
      }),
    ),
  },
  responses: { 202: json(z.object({ turnId: turnIdSchema })) },
});
