import { z } from "zod";
import { defineEndpoint, eventStream, json, jsonBody } from "./endpoint.ts";
import { botIdSchema, chatIdSchema } from "./ids.ts";

/**
 * The ancestor's gateway, frozen: two existing clients parse exactly these shapes, and telegram-claude-hero answers any
 * stream failure by posting the prompt again. Names are theirs (snake case); unknown fields are ignored, extra ones in
 * answers are allowed, types never change.
 */
const gatewayBotId = botIdSchema.default("default");

export const gatewayMessageSchema = z.object({
  chat_id: chatIdSchema,
  message: z.string(),
  bot_id: gatewayBotId,
  user_id: z.string().max(200).optional(),
  username: z.string().max(200).optional(),
});
export type GatewayMessage = z.infer<typeof gatewayMessageSchema>;

/** Failures are 200 too: `response` then begins with `[ERROR] ` or `[BUSY] `. */
export const gatewaySend = defineEndpoint({
  method: "post",
  path: "/api/gateway/send",
  tags: ["gateway"],
  summary: "Send a message and wait for the answer",
  request: { body: jsonBody(gatewayMessageSchema) },
  responses: { 200: json(z.object({ response: z.string(), session_key: z.string() })) },
});

export const gatewayStreamEventSchema = z.object({
  type: z.enum(["thinking", "text", "done", "error"]),
  content: z.string(),
  busy: z.boolean().optional(),
});
export type GatewayStreamEvent = z.infer<typeof gatewayStreamEventSchema>;

export const gatewaySendStream = defineEndpoint({
  method: "post",
  path: "/api/gateway/send-stream",
  tags: ["gateway"],
  summary: "Send a message and stream the answer",
  request: { body: jsonBody(gatewayMessageSchema) },
  responses: {
    200: eventStream(gatewayStreamEventSchema, "One `data:` line per event; `done` is authoritative"),
  },
});

export const gatewayStop = defineEndpoint({
  method: "post",
  path: "/api/gateway/stop",
  tags: ["gateway"],
  summary: "Stop a running turn, or start afresh on an idle chat",
  request: { body: jsonBody(z.object({ chat_id: chatIdSchema, bot_id: gatewayBotId })) },
  responses: { 200: json(z.object({ stopped: z.boolean() })) },
});

export const gatewaySessionSchema = z.object({
  chat_id: z.string(),
  bot_id: z.string(),
  busy: z.boolean(),
  first_done: z.boolean(),
  last_active: z.number().describe("epoch seconds"),
  idle_seconds: z.int(),
  busy_seconds: z.int(),
  /** Steward's own addition: the live process's state. */
  state: z.string(),
});

export const gatewaySessions = defineEndpoint({
  method: "get",
  path: "/api/gateway/sessions",
  tags: ["gateway"],
  summary: "Known sessions",
  request: { query: z.object({ bot_id: botIdSchema.optional() }) },
  responses: { 200: json(z.array(gatewaySessionSchema)) },
});

/** Puts free sessions to sleep; no file is touched. The ancestor takes no argument: all that are free. */
export const gatewayReap = defineEndpoint({
  method: "post",
  path: "/api/gateway/sessions/reap",
  tags: ["gateway"],
  summary: "Suspend idle sessions",
  responses: {
    200: json(
      z.object({
        reaped: z.array(
          z.object({
            chat_id: z.string(),
            bot_id: z.string(),
            type: z.enum(["interactive", "background"]),
            idle_seconds: z.int(),
            idle_hours: z.number(),
          }),
        ),
        count: z.int(),
      }),
    ),
  },
});

/** `bot_id` in the body wins over the query; the body may be absent. */
export const gatewayReset = defineEndpoint({
  method: "post",
  path: "/api/gateway/sessions/{chat_id}/reset",
  tags: ["gateway"],
  summary: "Start a new conversation; files stay",
  request: {
    params: z.object({ chat_id: chatIdSchema }),
    query: z.object({ bot_id: botIdSchema.optional() }),
    body: {
      required: false,
      content: { "application/json": { schema: z.object({ bot_id: botIdSchema.optional() }) } },
    },
  },
  responses: {
    200: json(z.object({ reset: z.literal(true), chat_id: z.string(), bot_id: z.string() })),
  },
});

/** Packs a finished chat away; counts an unfinished one as skipped. Deletes nothing. A body is ignored. */
export const gatewayCleanup = defineEndpoint({
  method: "post",
  path: "/api/gateway/cleanup/{chat_id}",
  tags: ["gateway"],
  summary: "Pack away what is finished",
  request: { params: z.object({ chat_id: chatIdSchema }), query: z.object({ bot_id: gatewayBotId }) },
  responses: {
    200: json(
      z.object({
        cleaned: z.int(),
        archived: z.int(),
        skipped: z.int(),
        details: z.array(z.string()),
      }),
    ),
  },
});

/** The last five are integers on purpose: a fraction breaks the Go client. Unknown chats get real zeros. */
export const gatewayQueueStatus = defineEndpoint({
  method: "get",
  path: "/api/gateway/queue-status/{chat_id}",
  tags: ["gateway"],
  summary: "Is the chat busy, and how full is the service",
  request: { params: z.object({ chat_id: chatIdSchema }), query: z.object({ bot_id: gatewayBotId }) },
  responses: {
    200: json(
      z.object({
        busy: z.boolean(),
        busy_message: z.string(),
        elapsed_seconds: z.int(),
        slots_used: z.int(),
        slots_max: z.int(),
        queue_wait_timeout: z.int(),
        queue_wait_remaining: z.int(),
      }),
    ),
  },
});
