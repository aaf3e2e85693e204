import { MEMORY_ACTIONS, MEMORY_ORIGINS, MEMORY_STATES } from "@steward/schema/enums";
import { z } from "zod";
import { MEMORY_LIMITS } from "./memory-limits.ts";

const text = (limit: number) => z.string().trim().min(1).max(limit);

export const memoryKeySchema = text(MEMORY_LIMITS.key).describe("what it is found by: once in each scope");
export const memoryContentSchema = text(MEMORY_LIMITS.content);
export const memoryCategorySchema = text(MEMORY_LIMITS.category);
export const memoryExpirySchema = z
  .int()
  .positive()
  .nullable()
  .describe("UTC ms; from then on it is not recalled; null = never");
export const memoryIdSchema = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);
export const memoryChangeIdSchema = memoryIdSchema.describe("one change of a memory");

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
