import { MEMORY_STATES } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { botIdSchema, chatIdSchema, repeatableHeaders } from "./ids.ts";
import {
  memoryCategorySchema,
  memoryChangeSchema,
  memoryContentSchema,
  memoryExpirySchema,
  memoryIdSchema,
  memoryKeySchema,
  memorySchema,
} from "./memory-records.ts";
import {
  isOwner,
  isSpeaker,
  OWNER_PROBLEM,
  ownerShape,
  SPEAKER_PROBLEM,
  speakerBody,
  speakerQuery,
  speakerShape,
} from "./memory-scopes.ts";

/** Pinned ones first, then the latest change first. */
export const listMemories = defineEndpoint({
  method: "get",
  path: "/api/v1/memories",
  tags: ["memory"],
  summary: "What is remembered",
  request: {
    query: z
      .object({
        botId: botIdSchema.optional().describe("alone: all of this bot, its chats' included"),
        chatId: chatIdSchema.optional().describe("with `botId`: all that this chat may know"),
        own: z
          .stringbool()
          .default(false)
          .describe("exactly those of that bot, or chat; without ids: everybody's"),
        key: memoryKeySchema.optional().describe("exactly this one"),
        category: memoryCategorySchema.optional(),
        state: z.enum(MEMORY_STATES).optional(),
        pinned: z.stringbool().optional(),
        expired: z.stringbool().default(false).describe("also those whose time is over"),
        cursor: z.string().max(64).optional().describe("`next` of the page before"),
        offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      })
      .refine(({ botId, chatId }) => chatId === undefined || botId !== undefined, OWNER_PROBLEM),
  },
  responses: {
    200: json(z.object({ memories: z.array(memorySchema), next: z.string().nullable(), total: z.int() })),
  },
});

export const getMemory = defineEndpoint({
  method: "get",
  path: "/api/v1/memories/{memoryId}",
  tags: ["memory"],
  summary: "One memory",
  request: { params: z.object({ memoryId: memoryIdSchema }), query: speakerQuery },
  responses: { 200: json(memorySchema) },
});

/** 409 `memory_exists` (with the `id` of the one that is there) when the key is taken. */
export const createMemory = defineEndpoint({
  method: "post",
  path: "/api/v1/memories",
  tags: ["memory"],
  summary: "Remember something",
  request: {
    headers: repeatableHeaders,
    body: jsonBody(
      z
        .object({
          ...ownerShape,
          ...speakerShape,
          userName: z.string().max(256).optional(),
          key: memoryKeySchema,
          content: memoryContentSchema,
          category: memoryCategorySchema.optional(),
          pinned: z.boolean().optional(),
          expiresAt: memoryExpirySchema.optional(),
          state: z.enum(MEMORY_STATES).optional(),
        })
        .refine(isOwner, OWNER_PROBLEM)
        .refine(isSpeaker, SPEAKER_PROBLEM),
    ),
  },
  responses: { 201: json(memorySchema) },
});

/** What is absent stays. 409 `memory_changed` when it is not as it was at `expectedUpdatedAt`. */
export const updateMemory = defineEndpoint({
  method: "patch",
  path: "/api/v1/memories/{memoryId}",
  tags: ["memory"],
  summary: "Change a memory",
  request: {
    headers: repeatableHeaders,
    params: z.object({ memoryId: memoryIdSchema }),
    body: jsonBody(
      z
        .object({
          ...speakerShape,
          userName: z.string().max(256).optional(),
          key: memoryKeySchema.optional(),
          content: memoryContentSchema.optional(),
          category: memoryCategorySchema.optional(),
          pinned: z.boolean().optional(),
          expiresAt: memoryExpirySchema.optional(),
          expectedUpdatedAt: z.int().optional(),
        })
        .refine(isSpeaker, SPEAKER_PROBLEM),
    ),
  },
  responses: { 200: json(memorySchema) },
});

const ofOneMemory = {
  headers: repeatableHeaders,
  params: z.object({ memoryId: memoryIdSchema }),
  body: jsonBody(speakerBody),
};

/** It can be brought back with `change` for a while. */
export const deleteMemory = defineEndpoint({
  method: "delete",
  path: "/api/v1/memories/{memoryId}",
  tags: ["memory"],
  summary: "Forget a memory",
  request: {
    headers: repeatableHeaders,
    params: z.object({ memoryId: memoryIdSchema }),
    query: speakerQuery,
  },
  responses: { 200: json(z.object({ change: memoryChangeSchema })) },
});

/** The memory whose key it has gives way to it. 409 `memory_changed` when it is not as it was at `expectedUpdatedAt`. */
export const acceptMemory = defineEndpoint({
  method: "post",
  path: "/api/v1/memories/{memoryId}/accept",
  tags: ["memory"],
  summary: "Accept a proposed memory",
  request: {
    ...ofOneMemory,
    body: jsonBody(
      z
        .object({
          ...speakerShape,
          userName: z.string().max(256).optional(),
          expectedUpdatedAt: z.int().optional().describe("what a person has read is what is accepted"),
        })
        .refine(isSpeaker, SPEAKER_PROBLEM),
    ),
  },
  responses: { 200: json(z.object({ memory: memorySchema, change: memoryChangeSchema.nullable() })) },
});

/** 409 `memory_changed` when it is no proposal any more. */
export const rejectMemory = defineEndpoint({
  method: "post",
  path: "/api/v1/memories/{memoryId}/reject",
  tags: ["memory"],
  summary: "Reject a proposed memory",
  request: ofOneMemory,
  responses: { 200: json(z.object({ change: memoryChangeSchema })) },
});
