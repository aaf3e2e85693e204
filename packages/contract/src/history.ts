import { MESSAGE_ROLES, TURN_STATES } from "@steward/schema/enums";
import { z } from "zod";
import { defineEndpoint, json } from "./endpoint.ts";
import { fileSummarySchema } from "./files.ts";
import { botIdSchema, chatIdSchema, repeatableHeaders, threadIdSchema, turnIdSchema } from "./ids.ts";

const sessionIdSchema = z
  .string()
  .min(1)
  .max(300)
  .describe("as the list of sessions names it; a chat's own is gw-<bot>-<chat>");
const cursorSchema = z
  .string()
  .regex(/^[\w.-]{1,600}$/, "must be a cursor that an earlier answer gave")
  .describe("opaque: from an earlier answer");
const pageLimit = (initial: number) => z.coerce.number().int().min(1).max(200).default(initial);

export const historySessionSchema = z.object({
  sessionId: z.string(),
  botId: z.string(),
  chat: z
    .object({ chatId: chatIdSchema, threadId: threadIdSchema })
    .nullable()
    .describe("null: a client's own session, which is no chat of ours"),
  title: z.string().nullable().describe("the topic's name, or the current conversation's title"),
  messages: z.int(),
  startedAt: z.int(),
  lastMessageAt: z.int(),
  last: z.object({
    role: z.enum(MESSAGE_ROLES),
    text: z.string().describe("the first 200 characters"),
    userName: z.string().nullable(),
  }),
});
export type HistorySession = z.infer<typeof historySessionSchema>;

/** Every session with messages, from every door, the latest first. */
export const listHistorySessions = defineEndpoint({
  method: "get",
  path: "/api/v1/history/sessions",
  tags: ["history"],
  summary: "Sessions of the history, the latest first",
  request: {
    query: z.object({
      botId: botIdSchema.optional(),
      limit: pageLimit(50),
      cursor: cursorSchema.optional(),
    }),
  },
  responses: {
    200: json(
      z.object({
        sessions: z.array(historySessionSchema),
        next: z.string().nullable().describe("the cursor of the next page; null = that was all"),
      }),
    ),
  },
});

export const historyMessageSchema = z.object({
  id: z.int(),
  role: z.enum(MESSAGE_ROLES),
  text: z.string(),
  source: z.string(),
  at: z.int(),
  userId: z.string().nullable(),
  userName: z.string().nullable(),
  turnId: turnIdSchema.nullable(),
  messageId: z
    .int()
    .nullable()
    .describe("its number in its chat's front end (Telegram), where that is known"),
  turn: z
    .object({
      state: z.enum(TURN_STATES),
      model: z.string().nullable(),
      tools: z.int(),
      costUsd: z.number().nullable(),
      durationMs: z.int().nullable().describe("from its start to its end"),
    })
    .nullable()
    .describe("with an answer: how it came about"),
  files: z
    .array(fileSummarySchema)
    .describe("with a question what was sent with it, with an answer what came back"),
});
export type HistoryMessage = z.infer<typeof historyMessageSchema>;

const pageShape = {
  messages: z.array(historyMessageSchema),
  earlier: z.string().nullable().describe("the cursor for `before`; null = nothing is earlier"),
  later: z.string().nullable().describe("the cursor for `after`; null = nothing is later"),
};

/** A page of a session, oldest first. Without a place to begin: the newest messages. */
export const listHistoryMessages = defineEndpoint({
  method: "get",
  path: "/api/v1/history/messages",
  tags: ["history"],
  summary: "What was said in a session",
  request: {
    query: z
      .object({
        botId: botIdSchema,
        sessionId: sessionIdSchema,
        limit: pageLimit(50),
        before: cursorSchema.optional(),
        after: cursorSchema.optional(),
        around: z.coerce
          .number()
          .int()
          .positive()
          .optional()
          .describe("a message's id: it, and what was said about it"),
      })
      .refine(
        ({ before, after, around }) => [before, after, around].filter((at) => at !== undefined).length <= 1,
        {
          message: "only one of before, after and around can be given",
        },
      ),
  },
  responses: {
    200: json(z.object(pageShape)),
  },
});

/** Where something was found: the page of its session that it stands on. */
export const openHistoryMessage = defineEndpoint({
  method: "get",
  path: "/api/v1/history/messages/{messageId}",
  tags: ["history"],
  summary: "A message with what was said around it",
  request: {
    params: z.object({ messageId: z.coerce.number().int().positive() }),
    query: z.object({
      botId: botIdSchema,
      chatId: chatIdSchema.optional().describe("only a message of this chat, in whichever of its topics"),
      limit: pageLimit(21),
    }),
  },
  responses: {
    200: json(
      z.object({
        botId: z.string(),
        sessionId: z.string(),
        ...pageShape,
      }),
    ),
  },
});

export const EXPORT_FORMATS = ["json", "markdown"] as const;

/** The whole of it, however much that is, as a file that is written while it is read. */
export const exportHistory = defineEndpoint({
  method: "get",
  path: "/api/v1/history/export",
  tags: ["history"],
  summary: "A session as a file",
  request: {
    query: z.object({
      botId: botIdSchema,
      sessionId: sessionIdSchema,
      format: z.enum(EXPORT_FORMATS).default("json"),
    }),
  },
  responses: {
    200: {
      description: "The file",
      content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
    },
  },
});

const deletedSchema = z.object({
  deleted: z.int().describe("messages"),
  kept: z
    .int()
    .describe("messages of turns that still run or wait: they can be deleted when these have ended"),
});

/** With what searches know of it, and with its words in the turn that it belongs to. Files stay where they are. */
export const deleteHistoryMessage = defineEndpoint({
  method: "delete",
  path: "/api/v1/history/messages/{messageId}",
  tags: ["history"],
  summary: "Delete a message",
  request: {
    headers: repeatableHeaders,
    params: z.object({ messageId: z.coerce.number().int().positive() }),
    query: z.object({ botId: botIdSchema, sessionId: sessionIdSchema }),
  },
  responses: { 200: json(deletedSchema) },
});

export const deleteHistorySession = defineEndpoint({
  method: "delete",
  path: "/api/v1/history/sessions",
  tags: ["history"],
  summary: "Delete what was said in a session",
  request: {
    headers: repeatableHeaders,
    query: z.object({
      botId: botIdSchema,
      sessionId: sessionIdSchema,
      before: z.coerce.number().int().positive().optional().describe("UTC ms: only what was said before"),
    }),
  },
  responses: { 200: json(deletedSchema) },
});
