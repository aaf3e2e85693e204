import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { botIdSchema, chatIdSchema, repeatableHeaders } from "./ids.ts";
import { memoryChangeIdSchema, memoryChangeSchema, memoryIdSchema, memorySchema } from "./memory-records.ts";
import { OWNER_PROBLEM, speakerBody, speakerQuery } from "./memory-scopes.ts";

/** The newest first. Also of a memory that was forgotten, as long as that can be undone. */
export const memoryHistory = defineEndpoint({
  method: "get",
  path: "/api/v1/memories/{memoryId}/history",
  tags: ["memory"],
  summary: "How a memory came to be what it is",
  request: { params: z.object({ memoryId: memoryIdSchema }), query: speakerQuery },
  responses: { 200: json(z.array(memoryChangeSchema)) },
});

export const listMemoryChanges = defineEndpoint({
  method: "get",
  path: "/api/v1/memory-changes",
  tags: ["memory"],
  summary: "The newest changes of what is remembered",
  request: {
    query: z
      .object({
        botId: botIdSchema.optional(),
        chatId: chatIdSchema.optional().describe("with `botId`: of all that this chat may know"),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      })
      .refine(({ botId, chatId }) => chatId === undefined || botId !== undefined, OWNER_PROBLEM),
  },
  responses: { 200: json(z.array(memoryChangeSchema)) },
});

/** 409 `memory_changed` when something newer stands on it, `memory_exists` when its key was taken since. */
export const undoMemoryChange = defineEndpoint({
  method: "post",
  path: "/api/v1/memory-changes/{changeId}/undo",
  tags: ["memory"],
  summary: "Take one change back",
  request: {
    headers: repeatableHeaders,
    params: z.object({ changeId: memoryChangeIdSchema }),
    body: jsonBody(speakerBody),
  },
  responses: {
    200: json(z.object({ memory: memorySchema.nullable().describe("what stands now; null: nothing does") })),
  },
});
