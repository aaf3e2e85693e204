import { MESSAGE_ROLES } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { botIdSchema, repeatableHeaders } from "./ids.ts";

/** The ancestor's chat endpoints, frozen. Times are `YYYY-MM-DD HH:MM:SS` in UTC, without a zone. */
export const chatSessionSchema = z.object({
  session_id: z.string(),
  bot_id: z.string(),
  started_at: z.string(),
  last_message_at: z.string(),
  message_count: z.int(),
});

export const chatMessageSchema = z.object({
  id: z.int(),
  session_id: z.string(),
  role: z.enum(MESSAGE_ROLES),
  content: z.string(),
  source: z.string(),
  telegram_chat_id: z.int().nullable(),
  user_id: z.string().nullable(),
  username: z.string().nullable(),
  created_at: z.string(),
  bot_id: z.string(),
});
export type ChatMessageRow = z.infer<typeof chatMessageSchema>;

export const listChatSessions = defineEndpoint({
  method: "get",
  path: "/api/chat/sessions",
  tags: ["chat"],
  summary: "Sessions, newest first",
  request: { query: z.object({ bot_id: botIdSchema.optional() }) },
  responses: { 200: json(z.array(chatSessionSchema)) },
});

/** `limit` 0 = all; N = the last N, oldest first. 404 when the session has no rows. */
export const getChatSession = defineEndpoint({
  method: "get",
  path: "/api/chat/sessions/{session_id}",
  tags: ["chat"],
  summary: "A session's messages",
  request: {
    params: z.object({ session_id: z.string().min(1).max(300) }),
    query: z.object({ limit: z.coerce.number().int().min(0).default(0) }),
  },
  responses: { 200: json(z.array(chatMessageSchema)) },
});

export const addChatMessage = defineEndpoint({
  method: "post",
  path: "/api/chat/messages",
  tags: ["chat"],
  summary: "Store a message",
  request: {
    headers: repeatableHeaders,
    body: jsonBody(
      z.object({
        session_id: z.string().min(1).max(300),
        role: z.enum(MESSAGE_ROLES),
        content: z.string(),
        source: z.string().max(64).default("telegram"),
        telegram_chat_id: z.int().nullable().default(null),
        bot_id: botIdSchema.default("default"),
      }),
    ),
  },
  responses: { 201: json(z.object({ id: z.int() })) },
});
