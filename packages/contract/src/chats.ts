import { MESSAGE_ROLES, SESSION_STATES, TURN_STATES } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { turnHoldSchema } from "./holds.ts";
import { chatAddressSchema, repeatableHeaders, turnIdSchema } from "./ids.ts";

export const chatStatusSchema = z.object({
  ...chatAddressSchema.shape,
  session: z.object({
    state: z.enum(SESSION_STATES),
    pid: z.int().nullable(),
    lastActiveAt: z.int().nullable(),
    model: z.string().nullable(),
  }),
  conversation: z
    .object({
      id: z.string(),
      title: z.string().nullable(),
      cwd: z.string(),
      createdAt: z.int(),
      turns: z.int(),
      costUsd: z.number(),
    })
    .nullable(),
  running: z
    .object({
      turnId: turnIdSchema,
      state: z.enum(TURN_STATES),
      startedAt: z.int().nullable(),
      prompt: z.string().describe("the first 200 characters"),
      tools: z.int(),
    })
    .nullable(),
  waiting: z.int(),
  held: z.boolean(),
  /** What keeps every queue like this one waiting, when something does. */
  hold: turnHoldSchema.optional(),
});
export type ChatStatus = z.infer<typeof chatStatusSchema>;

export const getChatStatus = defineEndpoint({
  method: "get",
  path: "/api/v1/chats/status",
  tags: ["chats"],
  summary: "What a chat is doing",
  request: { query: chatAddressSchema },
  responses: { 200: json(chatStatusSchema) },
});

/** A person's stop: interrupts the running turn, keeps the conversation, holds what waits. */
export const stopChat = defineEndpoint({
  method: "post",
  path: "/api/v1/chats/stop",
  tags: ["chats"],
  summary: "Stop the running turn",
  request: {
    headers: repeatableHeaders,
    body: jsonBody(
      chatAddressSchema.extend({
        turnId: turnIdSchema.optional().describe("stop only if this turn still runs or waits"),
        messageId: z
          .int()
          .optional()
          .describe("stop only the turn that this message belongs to, as a question or as an answer"),
      }),
    ),
  },
  responses: {
    200: json(z.object({ stopped: z.boolean(), turnId: turnIdSchema.nullable(), waiting: z.int() })),
  },
});

/** After a stop: run what waits, or drop it. */
export const releaseQueue = defineEndpoint({
  method: "post",
  path: "/api/v1/chats/queue",
  tags: ["chats"],
  summary: "Run or drop the held queue",
  request: {
    headers: repeatableHeaders,
    body: jsonBody(
      chatAddressSchema.extend({
        action: z
          .enum(["run", "drop", "drop_all"])
          .describe("`drop_all`: also what waits without having been put aside"),
      }),
    ),
  },
  responses: { 200: json(z.object({ count: z.int() })) },
});

/** Ends the running turn and starts a new conversation. Workspace files stay. */
export const newConversation = defineEndpoint({
  method: "post",
  path: "/api/v1/chats/new",
  tags: ["chats"],
  summary: "Start a new conversation",
  request: { headers: repeatableHeaders, body: jsonBody(chatAddressSchema) },
  responses: {
    200: json(
      z.object({
        conversationId: z.string(),
        archivesGivenUp: z
          .array(z.string())
          .optional()
          .describe("archives of this chat that could not be brought back: it goes on without them"),
      }),
    ),
  },
});

export const awaySchema = z.object({
  away: z.boolean(),
  since: z.int().nullable(),
  /** Coming back: what has happened since, oldest first. */
  missed: z
    .object({
      answered: z.int(),
      unanswered: z.int(),
      questions: z.int().describe("wait for an answer now"),
      messages: z.array(z.object({ role: z.enum(MESSAGE_ROLES), text: z.string() })),
      more: z.int().describe("earlier messages that are not among these"),
    })
    .nullable(),
});
export type Away = z.infer<typeof awaySchema>;

/** Away: the session stays warm, questions wait a day, and answers come without a sound. */
export const setAway = defineEndpoint({
  method: "put",
  path: "/api/v1/chats/away",
  tags: ["chats"],
  summary: "The person of a chat goes away, or is back",
  request: { body: jsonBody(chatAddressSchema.extend({ away: z.boolean() })) },
  responses: { 200: json(awaySchema) },
});
