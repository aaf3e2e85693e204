import { LANGUAGES, MEMORY_ACTIONS, MEMORY_ORIGINS, MEMORY_STATES } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { botIdSchema, chatIdSchema, repeatableHeaders, threadIdSchema, turnIdSchema } from "./ids.ts";
import { MEMORY_LIMITS } from "./memory-limits.ts";

const text = (limit: number) => z.string().trim().min(1).max(limit);
const key = text(MEMORY_LIMITS.key).describe("what it is found by: once in each scope");
const content = text(MEMORY_LIMITS.content);
const category = text(MEMORY_LIMITS.category);
const expiresAt = z
  .int()
  .positive()
  .nullable()
  .describe("UTC ms; from then on it is not recalled; null = never");
const memoryId = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);
const changeId = memoryId.describe("one change of a memory");

export const memorySchema = z.object({
  id: z.int(),
  botId: z.string().describe("empty: for everybody"),
  chatId: z.string().describe("empty: for all chats of the bot"),
  key: z.string(),
  content: z.string(),
  category: z.string(),
  state: z.enum(MEMORY_STATES).describe("`proposed`: it counts for nothing until a person accepts it"),
  pinned: z.boolean().describe("goes into every turn of those whom it is for"),
  expiresAt: z.int().nullable(),
  origin: z.enum(MEMORY_ORIGINS),
  sourceMessageId: z.int().nullable().describe("the message of the history that its content comes from"),
  sourceTurnId: z.string().nullable(),
  sourceUserId: z.string().nullable(),
  sourceUserName: z.string().nullable(),
  createdAt: z.int(),
  updatedAt: z.int(),
});
export type MemoryRecord = z.infer<typeof memorySchema>;

export const memoryChangeSchema = z.object({
  id: z.int(),
  memoryId: z.int(),
  action: z.enum(MEMORY_ACTIONS),
  before: memorySchema.nullable(),
  after: memorySchema.nullable(),
  origin: z.enum(MEMORY_ORIGINS),
  userId: z.string().nullable(),
  userName: z.string().nullable(),
  turnId: z.string().nullable(),
  undoneBy: z.int().nullable().describe("the change that took this one back"),
  at: z.int(),
});
export type MemoryChangeRecord = z.infer<typeof memoryChangeSchema>;

/** Whom it is for. Everybody's are made on purpose, never for want of an id. */
const ownerShape = {
  botId: botIdSchema.optional(),
  chatId: chatIdSchema.optional().describe("with `botId`: for this chat alone, all its topics included"),
  shared: z.literal(true).optional().describe("for everybody, in place of the ids"),
};
const isOwner = ({ botId, chatId, shared }: { botId?: unknown; chatId?: unknown; shared?: unknown }) =>
  shared === true ? botId === undefined && chatId === undefined : botId !== undefined;
const OWNER_PROBLEM = { message: "name a bot, a bot and its chat, or `shared: true`", path: ["botId"] };

/** Who asks, when a front end speaks for a person: only what their chat may know is there for them. */
const speakerShape = {
  inBotId: botIdSchema
    .optional()
    .describe("the chat in which it is asked, with `inChatId`: nothing else is there"),
  inChatId: chatIdSchema.optional(),
  userId: z
    .string()
    .regex(/^\d{1,20}$/, "must be a numeric user id")
    .optional()
    .describe(
      "the person of that bot who asks; what is not the chat's own only its owner or an admin changes",
    ),
};
const isSpeaker = ({ inBotId, inChatId, userId }: { inBotId?: string; inChatId?: string; userId?: string }) =>
  (inBotId === undefined) === (inChatId === undefined) && (userId === undefined || inBotId !== undefined);
const SPEAKER_PROBLEM = {
  message: "`inBotId` and `inChatId` come together, and `userId` with both",
  path: ["inBotId"],
};
const speaker = z.object(speakerShape).refine(isSpeaker, SPEAKER_PROBLEM);
const spokenBody = z
  .object({ ...speakerShape, userName: z.string().max(256).optional() })
  .refine(isSpeaker, SPEAKER_PROBLEM);

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
        category: category.optional(),
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
  request: { params: z.object({ memoryId }), query: speaker },
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
          key,
          content,
          category: category.optional(),
          pinned: z.boolean().optional(),
          expiresAt: expiresAt.optional(),
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
    params: z.object({ memoryId }),
    body: jsonBody(
      z
        .object({
          ...speakerShape,
          userName: z.string().max(256).optional(),
          key: key.optional(),
          content: content.optional(),
          category: category.optional(),
          pinned: z.boolean().optional(),
          expiresAt: expiresAt.optional(),
          expectedUpdatedAt: z.int().optional(),
        })
        .refine(isSpeaker, SPEAKER_PROBLEM),
    ),
  },
  responses: { 200: json(memorySchema) },
});

const ofOneMemory = {
  headers: repeatableHeaders,
  params: z.object({ memoryId }),
  body: jsonBody(spokenBody),
};

/** It can be brought back with `change` for a while. */
export const deleteMemory = defineEndpoint({
  method: "delete",
  path: "/api/v1/memories/{memoryId}",
  tags: ["memory"],
  summary: "Forget a memory",
  request: { headers: repeatableHeaders, params: z.object({ memoryId }), query: speaker },
  responses: { 200: json(z.object({ change: memoryChangeSchema })) },
});

/** The memory whose key it has gives way to it. */
export const acceptMemory = defineEndpoint({
  method: "post",
  path: "/api/v1/memories/{memoryId}/accept",
  tags: ["memory"],
  summary: "Accept a proposed memory",
  request: ofOneMemory,
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

/** The newest first. Also of a memory that was forgotten, as long as that can be undone. */
export const memoryHistory = defineEndpoint({
  method: "get",
  path: "/api/v1/memories/{memoryId}/history",
  tags: ["memory"],
  summary: "How a memory came to be what it is",
  request: { params: z.object({ memoryId }), query: speaker },
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
  request: { headers: repeatableHeaders, params: z.object({ changeId }), body: jsonBody(spokenBody) },
  responses: {
    200: json(z.object({ memory: memorySchema.nullable().describe("what stands now; null: nothing does") })),
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
    params: z.object({ changeId }),
    body: jsonBody(
      z.object({
        botId: botIdSchema,
        chatId: chatIdSchema,
        threadId: threadIdSchema.default(""),
        userId: z.string().regex(/^\d{1,20}$/),
        userName: z.string().max(256).nullable().default(null),
        language: z.enum(LANGUAGES).default("en"),
        messageId: z.int().positive().describe("of the history: the message that said it"),
      }),
    ),
  },
  responses: { 202: json(z.object({ turnId: turnIdSchema })) },
});

const inChat = {
  botId: botIdSchema,
  chatId: chatIdSchema,
  threadId: threadIdSchema.default(""),
  userId: z
    .string()
    .regex(/^\d{1,20}$/)
    .optional(),
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

/** What a file of memories holds: nothing of ids, so that it can be taken in elsewhere. */
export const exportedMemorySchema = z.object({
  botId: z.union([z.literal(""), botIdSchema]).default(""),
  chatId: z.union([z.literal(""), chatIdSchema]).default(""),
  key,
  content,
  category: category.default("general"),
  state: z.enum(MEMORY_STATES).default("accepted"),
  pinned: z.boolean().default(false),
  expiresAt: expiresAt.default(null),
  origin: z.enum(MEMORY_ORIGINS).optional(),
  sourceUserName: z.string().nullish(),
  createdAt: z.int().optional(),
  updatedAt: z.int().optional(),
});

export const memoryFileSchema = z.object({
  format: z.literal("steward-memories-1"),
  memories: z.array(exportedMemorySchema).max(MEMORY_LIMITS.perBot),
});
export type MemoryFile = z.infer<typeof memoryFileSchema>;

export const exportMemories = defineEndpoint({
  method: "get",
  path: "/api/v1/memory-export",
  tags: ["memory"],
  summary: "All memories, of a bot or a chat, as a file",
  request: {
    query: z.object({
      botId: botIdSchema.optional(),
      chatId: chatIdSchema.optional().describe("with `botId`: this chat's own"),
    }),
  },
  responses: { 200: json(memoryFileSchema) },
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
      memoryFileSchema.extend({
        onTaken: z.enum(["skip", "replace"]).default("skip"),
        botId: botIdSchema.optional().describe("all of it for this bot, whatever the file says"),
        chatId: chatIdSchema.optional(),
      }),
    ),
  },
  responses: { 200: json(z.object({ added: z.int(), replaced: z.int(), skipped: z.int() })) },
});
