import { MESSAGE_ROLES } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { chatAddressSchema, repeatableHeaders } from "./ids.ts";

export const conversationIdSchema = z.uuid().describe("A conversation (UUIDv7)");

export const conversationSchema = z.object({
  id: z.string(),
  title: z.string().nullable().describe("the first line of its first prompt, unless it was renamed"),
  cwd: z.string(),
  project: z
    .string()
    .nullable()
    .describe("null = the chat's own workspace, or a project that is off the list"),
  branch: z.string().nullable().describe("of its own git worktree"),
  current: z.boolean(),
  turns: z.int(),
  costUsd: z.number(),
  createdAt: z.int(),
  lastActiveAt: z.int(),
});
export type Conversation = z.infer<typeof conversationSchema>;

export const listConversations = defineEndpoint({
  method: "get",
  path: "/api/v1/chats/conversations",
  tags: ["conversations"],
  summary: "A chat's conversations, the latest first",
  request: {
    query: chatAddressSchema.extend({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  },
  responses: { 200: json(z.array(conversationSchema)) },
});

/** The chat's next message goes on where it was. Refused while a turn runs or waits. */
export const selectConversation = defineEndpoint({
  method: "post",
  path: "/api/v1/chats/conversations/select",
  tags: ["conversations"],
  summary: "Resume a conversation",
  request: { body: jsonBody(chatAddressSchema.extend({ conversationId: conversationIdSchema })) },
  responses: { 200: json(conversationSchema) },
});

export const renameConversation = defineEndpoint({
  method: "patch",
  path: "/api/v1/chats/conversations/{conversationId}",
  tags: ["conversations"],
  summary: "Give a conversation another title",
  request: {
    params: z.object({ conversationId: conversationIdSchema }),
    body: jsonBody(chatAddressSchema.extend({ title: z.string().trim().min(1).max(120) })),
  },
  responses: { 200: json(conversationSchema) },
});

/** Only a clean one, and never while a turn runs or waits. Its branch stays. */
export const removeWorktree = defineEndpoint({
  method: "delete",
  path: "/api/v1/chats/conversations/{conversationId}/worktree",
  tags: ["conversations"],
  summary: "Remove a conversation's git worktree",
  request: {
    headers: repeatableHeaders,
    params: z.object({ conversationId: conversationIdSchema }),
    query: chatAddressSchema,
  },
  responses: { 200: json(z.object({ branch: z.string() })) },
});

export const exportedConversationSchema = z.object({
  conversation: conversationSchema,
  messages: z.array(
    z.object({
      role: z.enum(MESSAGE_ROLES),
      text: z.string(),
      at: z.int(),
      userName: z.string().nullable(),
      turnId: z.string().nullable(),
    }),
  ),
  complete: z
    .boolean()
    .describe("false: there were more messages than one export holds; the newest are here"),
});
export type ExportedConversation = z.infer<typeof exportedConversationSchema>;

/** Of the current conversation, or another one of the chat. */
export const exportConversation = defineEndpoint({
  method: "get",
  path: "/api/v1/chats/conversations/export",
  tags: ["conversations"],
  summary: "All that was said in a conversation",
  request: { query: chatAddressSchema.extend({ conversationId: conversationIdSchema.optional() }) },
  responses: { 200: json(exportedConversationSchema) },
});
